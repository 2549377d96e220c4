import { type Html, html } from "./html.ts";

/**
 * A table under its title, in a region that scrolls sideways where the screen is narrow (and by keyboard). The title stands outside, so that
 * it keeps the page's width, and names the table for readers of text. `content` is thead and tbody.
 */
export function scrollTable(id: string, title: Html, className: "wide" | "confusion", content: Html): Html {
  return html`
  <p class="caption" id="${id}-title">${title}</p>
  <div class="scroll" tabindex="0" role="region" aria-labelledby="${id}-title">
    <table class="${className}" aria-labelledby="${id}-title">${content}</table>
  </div>`;
}
