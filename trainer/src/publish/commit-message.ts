/** Longest line of a reason: it is one sentence. */
const longest = 500;

/**
 * A commit's message: subject, one paragraph, and trailers by which the commit is found again. What comes from outside is one line each: it can add no trailer, and no mark that
 * silences a workflow.
 */
export function commitMessage(
  subject: string,
  body: string,
  trailers: Readonly<Record<string, string>>,
): string {
  const lines = Object.entries(trailers).map(([name, value]) => `${name}: ${oneLine(value)}`);
  return `${oneLine(subject)}\n\n${oneLine(body)}\n\n${lines.join("\n")}\n`;
}

/** "[skip ci]" and its kin, in any spelling that a host listens to. */
const silencers =
  /\[\s*(skip|no)[ -]?(ci|actions)\s*\]|\[\s*(ci|actions)[ -]?(skip|no)\s*\]|skip-checks\s*:|\*{3}no_ci\*{3}/gi;

function oneLine(text: string): string {
  const line = text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .replace(silencers, "")
    .trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
