/**
 * Plain text with the lines of each paragraph that was wrapped at a fixed width joined again, since a line is read as a paragraph. A line
 * goes to the one before where that one is about as long as the text's long lines are, and goes on (a small letter follows) or stands in
 * a text whose lines mostly do. Entries of lists, "key: value", code, log and table lines, and texts of short lines keep their lines.
 * A word that is divided at a line's end becomes one. Linear in the length.
 */
export function joinWrappedLines(text: string): string {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const widthChars = usualWidth(lines);
  const pairs = lines.map((line, index) => pairOf(lines[index - 1] ?? "", line, widthChars));
  const isProse = count(pairs, "goes on") >= count(pairs, "perhaps");
  const compounds = new Set(text.toLowerCase().match(/(?<!\p{L})\p{L}{1,40}-\p{L}{1,40}/gu));
  const parts: string[] = [];
  for (const [index, line] of lines.entries()) {
    const pair = pairs[index];
    const next = line.trimStart();
    if (pair === "divided word") parts.push(withoutHyphen(parts.pop() ?? "", next, compounds), next);
    else if (pair === "goes on" || (pair === "perhaps" && isProse)) parts.push(" ", next);
    else parts.push(index === 0 ? "" : "\n", line);
  }
  return parts.join("");
}

type Pair = "apart" | "perhaps" | "goes on" | "divided word";

const count = (pairs: readonly Pair[], kind: Pair) => pairs.filter((pair) => pair === kind).length;

/** Narrower columns are lists, addresses and menus; wider lines are whole paragraphs. */
const widths = { min: 40, max: 130 };

/** The length that nine in ten of the longer lines keep within; null where the text is not wrapped. */
function usualWidth(lines: readonly string[]): number | null {
  const lengths = lines
    .filter((line) => line.length >= widths.min && !isForm(line))
    .map((line) => line.length);
  const width = lengths.sort((a, b) => a - b)[Math.ceil(lengths.length * 0.9) - 1];
  return width === undefined || width > widths.max ? null : width;
}

function pairOf(before: string, line: string, widthChars: number | null): Pair {
  const next = line.trimStart();
  if (before.trim() === "" || next === "" || isEntry(next) || isForm(before) || isForm(next) || isKey(next))
    return "apart";
  const goesOn = /^["'«“(]?\s?\p{Ll}/u.test(next);
  if (goesOn && dividedWord.test(before)) return "divided word";
  if (widthChars === null || before.endsWith(":") || (isKey(before.trimStart()) && !goesOn)) return "apart";
  // A line that was wrapped had no room for the next word.
  const filled = (before.length + 1 + Math.min(20, next.search(/\s|$/u))) / widthChars;
  if (goesOn && !endsSentence(before)) return filled >= 0.65 ? "goes on" : "apart";
  return filled >= 0.85 ? "perhaps" : "apart";
}

const endsSentence = (line: string) => /[.!?…]["'»”’)]{0,3}$/u.test(line);

const isEntry = (line: string) => /^(?:\d{1,3}(?:\.\d{1,3})*[.)]|\p{L}\)|[-*+•◦▪‣·–])\s/u.test(line);

/** "Host name: turnstile01", "server.port = 8080". */
const isKey = (line: string) =>
  /^(?:\p{Lu}[^\s:]{0,20}(?: [^\s:]{1,20}){0,3} ?:|[\w.-]{1,40} ?[:=])\s/u.test(line);

/** Lines that say something as a line: rulers, quoted mail, table rows, log lines, commands and code. */
const isForm = (line: string) =>
  !/[\p{L}\p{N}]/u.test(line) ||
  /\S(?: {3}|\t)|[|│{}]|\\$/u.test(line.trim()) ||
  /^\s*(?:>|\$ |# |PS |[A-Z]:\\|\/\/|<\w|@|--|(?:sudo|cd|net|curl|docker|kubectl|git|apt|npm|pip) )/u.test(
    line,
  ) ||
  /^\s*\[?(?:\d{4}-\d\d-\d\d|\d\d:\d\d:\d\d|\p{L}{3} +\d{1,2} \d\d:\d\d|(?:ERROR|WARN(?:ING)?|INFO|DEBUG|FATAL)\b)/u.test(
    line,
  ) ||
  /\s--?[a-z][\w-]*(?:[\s=]|$)|\s\/[a-z]+(?:\s|$)|\S\(\S{0,80}\);|^\s*[$\w.]+ = /iu.test(line);

const dividedWord = /\p{Ll}[-\u00AD\u2010]$/u;

/** The hyphen stays where it belongs to the word: the text writes it so within a line, or it binds a French pronoun ("connectez-vous"). */
function withoutHyphen(before: string, next: string, compounds: ReadonlySet<string>): string {
  const head = before.slice(-42).match(/\p{L}+(?=.$)/u)?.[0] ?? "";
  const tail = next.match(/^\p{L}{1,40}/u)?.[0] ?? "";
  const isCompound = pronouns.test(tail) || compounds.has(`${head}-${tail}`.toLowerCase());
  return isCompound ? before : before.slice(0, -1);
}

const pronouns = /^(?:vous|nous|moi|toi|lui|leur|les?|la|il|elle|ils|elles|on|ce|je|tu|y|en|ci|là|mêmes?)$/u;
