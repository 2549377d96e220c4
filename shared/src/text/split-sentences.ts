/**
 * A text as its sentences, none empty, each with the mark that ends it; joined they give every character but the blanks
 * between. A line break ends a sentence. Numbers ("1. Open ...", "10.2"), initials, abbreviations of the language ("e.g.",
 * "p. ex."), file names and an ellipsis before a small letter do not. A citation right behind the mark ("... done. [2]") belongs to its sentence.
 */
export function splitSentences(text: string, language: string): string[] {
  return text
    .split("\n")
    .flatMap((line) => splitLine(line.trim(), abbreviations[language] ?? noAbbreviations));
}

function splitLine(line: string, known: ReadonlySet<string>): string[] {
  const sentences: string[] = [];
  let start = 0;
  for (const match of line.matchAll(sentenceEnds)) {
    const end = match.index + match[0].length;
    if (match[0].startsWith(".") && continues(line, start, match.index, end, known)) continue;
    sentences.push(line.slice(start, end).trim());
    start = end;
  }
  sentences.push(line.slice(start).trim());
  return sentences.filter((sentence) => sentence !== "");
}

/** An end mark with closing quotes, brackets and citations, before a blank. (French sets a blank before "!" and "?".) */
const sentenceEnds = /[.!?\u2026]{1,8}["'»”’)]{0,3}(?: ?\[\d{1,3}\]){0,9}(?=\s|$)/g;

/**
 * Whether the full stop at `stop` is no end of the sentence that begins at `start`: a list number, an initial or an
 * abbreviation stands before it, or a small letter behind. Looks at a few characters only, so that a line full of stops is read in linear time.
 */
function continues(
  line: string,
  start: number,
  stop: number,
  end: number,
  known: ReadonlySet<string>,
): boolean {
  const before = line.slice(Math.max(start, stop - longestAbbreviation), stop);
  const word = before.match(/(?<![\p{L}\p{N}.'-])[\p{L}\p{N}.'-]+$/u)?.[0] ?? "";
  if (/^\d{1,3}$/.test(word) && line.slice(start, stop).trim() === word) return true;
  if (/^\p{L}$/u.test(word) && word !== "I") return true;
  if (known.has(word.toLowerCase())) return true;
  return /^\s+\p{Ll}/u.test(line.slice(end, end + 3));
}

const longestAbbreviation = 16;

const words = (list: string): ReadonlySet<string> => new Set(list.split(" "));

const noAbbreviations = words("e.g i.e etc vs no nr tel");

/** Without their last full stop. */
const abbreviations: Readonly<Record<string, ReadonlySet<string>>> = {
  en: words("e.g i.e eg ie vs mr mrs ms dr prof approx dept no nr tel ext max min incl fig st inc ltd"),
  fr: words("p.ex p ex cf m mm mme mlle dr pr env n no tél tel max min av bd éd fig réf art vol"),
  de: words("z.b d.h u.a bzw ca dr hr fr nr tel usw evtl ggf inkl max min str"),
  es: words("p.ej ej sr sra srta dr dra ud uds núm tel aprox máx mín pág"),
  pt: words("p.ex ex sr sra dr dra n.º núm tel aprox máx mín pág"),
  it: words("p.es es sig sig.ra dott dr n tel ca max min pag"),
  nl: words("bijv d.w.z dhr mevr dr nr tel ca evt max min incl"),
};
