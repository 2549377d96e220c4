import { noAnswerToken } from "./build-prompt.ts";
import { type CheckedSentence, createSentenceChecker, type GivenTexts } from "./check-sentence.ts";
import { takeSentence } from "./take-sentence.ts";

/**
 * How a checked answer ended: "answered" (at least one sentence with a valid citation left), "uncited" (none had one, and
 * nothing left), "no_answer" (the model said that the sources hold none, and nothing left).
 */
export type CitationOutcome = "answered" | "uncited" | "no_answer";

/**
 * Checks a streamed answer sentence by sentence, each before it leaves (check-sentence.ts has the rules), and yields it with
 * the numbers it cites. Nothing leaves before the first sentence that cites a given source: what stands before it
 * is held back, so that a reader never sees an answer that rests on nothing. The yielded texts together are the whole
 * answer, without blanks at its ends, and do not depend on how the deltas were split.
 *
 * Errors of `deltas` pass through; the sentence that was under way then is dropped, since half a step can mislead.
 */
export async function* checkCitations(
  deltas: AsyncIterable<string>,
  given: GivenTexts,
): AsyncGenerator<CheckedSentence, CitationOutcome, void> {
  const checkSentence = createSentenceChecker(given);
  let held = "";
  let hasSpoken = false;

  for await (const sentence of readSentences(deltas)) {
    if (noAnswer.test(sentence)) return hasSpoken ? "answered" : "no_answer";
    if (!hasSpoken && noAnswerInWords.test(sentence)) return "no_answer";
    const { text, cited } = checkSentence(sentence);
    held += text;
    if (!hasSpoken && cited.length === 0) continue;
    const ready = (hasSpoken ? held : held.trimStart()).trimEnd();
    held = held.slice(held.trimEnd().length);
    hasSpoken = true;
    if (ready !== "") yield { text: ready, cited };
  }
  return hasSpoken ? "answered" : "uncited";
}

/** The token, with the backslash that Markdown puts before an underscore. */
const noAnswer = new RegExp(`\\b${noAnswerToken.replace("_", "\\\\?_")}\\b`, "u");

/** The token as small models write it; as a whole sentence alone, and not within an answer, where it may be a part of it. */
const noAnswerInWords = /^[\s*_`"'«“>#-]*no(?:\s|\\?_)answer[\s*_`"'»”.!]*$/iu;

async function* readSentences(deltas: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  let arrived = "";
  for await (const delta of deltas) {
    arrived += delta;
    for (let sentence = takeSentence(arrived, false); sentence !== null; ) {
      yield sentence;
      arrived = arrived.slice(sentence.length);
      sentence = takeSentence(arrived, false);
    }
  }
  for (let sentence = takeSentence(arrived, true); sentence !== null; ) {
    yield sentence;
    arrived = arrived.slice(sentence.length);
    sentence = takeSentence(arrived, true);
  }
}
