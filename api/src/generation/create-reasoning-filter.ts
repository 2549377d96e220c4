export type ReasoningFilter = {
  /** The part of what has arrived that belongs to the answer. */
  readonly take: (piece: string) => string;
  /** What was held back until now; null where the text ended in the middle of a thought. */
  readonly end: () => string | null;
};

/**
 * Takes out what a reasoning model thinks aloud before its answer, where the server does not: <think>...</think> or
 * [THINK]...[/THINK] at the text's start. A thought that starts later stays, and so does one whose opening tag the server swallowed.
 */
export function createReasoningFilter(): ReasoningFilter {
  let held = "";
  let closing: RegExp | null = null;
  let hasAnswer = false;

  const take = (piece: string): string => {
    if (hasAnswer) return piece;
    held += piece;
    while (true) {
      if (closing === null) {
        const text = held.trimStart().toLowerCase();
        const tag = tags.find(({ opening }) => text.startsWith(opening));
        if (!tag) {
          hasAnswer = !tags.some(({ opening }) => opening.startsWith(text));
          return hasAnswer ? held : "";
        }
        held = held.trimStart().slice(tag.opening.length);
        closing = tag.closing;
      }
      const tag = closing.exec(held);
      if (!tag) {
        held = held.slice(-longestTag);
        return "";
      }
      held = held.slice(tag.index + tag[0].length);
      closing = null;
    }
  };
  return { take, end: () => (closing !== null ? null : hasAnswer ? "" : held) };
}

const longestTag = 8;

const tags = [
  { opening: "<think>", closing: /<\/think>/iu },
  { opening: "[think]", closing: /\[\/think\]/iu },
];
