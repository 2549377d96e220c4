import type { Evaluation } from "../evaluation.ts";
import { findMistakes } from "./find-mistakes.ts";
import { formatShare } from "./format-share.ts";
import { type Html, html } from "./html.ts";

const mostMistakes = 12;
const mostCharacters = 420;

/** The wrong answers that each model was surest of. Their texts, which are redacted, are left out where the page is for others. */
export function renderMistakes({ outcomes }: Evaluation, showTexts: boolean): Html {
  return html`
  <section id="mistakes">
    <h2>The worst mistakes</h2>
    <p>Wrong, and sure of it. Some of these are the model's fault; where the label in the data is the wrong one, correct it at its source and the next
    training learns it.${showTexts ? " The texts are redacted, and internal all the same: think before you pass this page on." : " This copy of the page leaves the texts out; they are found by their ids in the snapshot."}</p>
    ${(["queue", "urgency"] as const).map((kind) => {
      const mistakes = findMistakes(outcomes[kind], mostMistakes);
      if (mistakes.length === 0)
        return html`<h3>${kind === "queue" ? "Queue" : "Urgency"}</h3><p>None in the holdout.</p>`;
      return html`<h3>${kind === "queue" ? "Queue" : "Urgency"}</h3>
      <ol class="mistakes">${mistakes.map(
        ({ id, text, language, truth, predicted, confidence }) => html`<li>
          <p><strong>${predicted}</strong>, ${formatShare(confidence)} sure. Labelled <strong>${truth}</strong>. <span class="soft">${id}, ${language}</span></p>
          ${showTexts ? html`<blockquote lang="${language}">${shorten(text)}</blockquote>` : null}
        </li>`,
      )}</ol>`;
    })}
  </section>`;
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= mostCharacters
    ? text
    : `${characters.slice(0, mostCharacters).join("").trimEnd()} …`;
}
