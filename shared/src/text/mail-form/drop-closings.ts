import { isSignatureLine } from "./is-signature-line.ts";

/**
 * Lines without closing formulae and the signatures behind them. A formula is a whole sentence or line, or stands behind a comma at
 * the end of one ("..., merci d'avance"): "merci de réinitialiser" and "thanks to the update" ask. Of the lines behind a formula up
 * to eight that look like a name, a title, a phone or an address go with it, and all behind "--", if they are no more than twelve.
 */
export function dropClosings(lines: readonly string[]): string[] {
  const kept: string[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? "";
    if (line === "--" && lines.length - i <= maxDelimitedLines && i > 0) break;
    const { text, isClosed } = withoutFormulae(line);
    if (text !== "" || line === "") kept.push(text);
    if (isClosed) i = endOfSignature(lines, i + 1) - 1;
  }
  return kept;
}

const maxDelimitedLines = 14;
const maxSignatureLines = 8;

/** Offset of the first line from `first` that belongs to no signature. */
function endOfSignature(lines: readonly string[], first: number): number {
  let end = first;
  let found = 0;
  for (let i = first; i < lines.length && found < maxSignatureLines; i += 1) {
    const line = lines[i] ?? "";
    if (line === "") continue;
    if (!isSignatureLine(line, found === 0)) break;
    found += 1;
    end = i + 1;
  }
  return end;
}

/** A line without its formulae, those in quotation marks left; closed where one ends it, so that a signature may follow. */
function withoutFormulae(line: string): { text: string; isClosed: boolean } {
  if (line === "" || line.length > maxLineLength || !mayClose.test(line))
    return { text: line, isClosed: false };
  let text = "";
  let isClosed = false;
  let isQuoting = false;
  for (const { index, 0: sentence } of line.matchAll(sentences)) {
    const isQuoted = isQuoting;
    for (const mark of sentence.match(/["«»“”]/g) ?? [])
      isQuoting = mark === '"' ? !isQuoting : /[«“]/.test(mark);
    if (isQuoted) {
      text += sentence;
      isClosed = false;
      continue;
    }
    const rest = line.slice(index);
    if (rest.length <= maxClosingLength && closesWithName(rest)) return { text: text.trim(), isClosed: true };
    isClosed = formula.test(sentence.trim()) || closesWithName(sentence.trim());
    if (isClosed) continue;
    const cut = sentence.replace(formulaAtEnd, "");
    isClosed = cut !== sentence;
    text += isClosed ? cut : sentence;
  }
  return { text: text.trim(), isClosed };
}

const maxLineLength = 4_000;
const maxClosingLength = 200;

/** Pieces that end with a mark before a blank; the last one without. */
const sentences = /[^.!?…]{1,4000}(?:[.!?…]{1,6}(?=\s|$)\s?|[.!?…]{1,6}|$)|[.!?…]{1,4000}/gu;

const thanks =
  "(?:(?:un grand |grand )?merci(?: (?:d['’]avance|par avance|beaucoup|bien|infiniment|à vous|à tous|encore|mille fois|bcp))?(?: (?:pour|de) (?:votre|ton|ta|l['’]) ?(?:aide|retour|réponse|intervention|réactivité|support|soutien|compréhension|attention)(?: (?:rapide|précieuse))?)?(?: (?:et )?(?:bonne (?:journée|soirée)|cordialement|d['’]avance|par avance))?|d['’]avance merci|(?:en )?vous remerciant(?: (?:d['’]avance|par avance))?|je vous (?:en )?remercie(?: (?:d['’]avance|par avance))?(?: (?:pour|de) votre (?:aide|retour|réponse))?|(?:many |much )?thanks(?: (?:a lot|in advance|so much|very much|again|a million|all|team|guys|and regards|& regards))?(?: for (?:your|the) (?:help|assistance|support|time|quick reply))?|with thanks|thank you(?: (?:very much|in advance|so much|again))?(?: for your (?:help|assistance|support|time))?(?: in advance)?|thx|tia|ta|cheers)";

const regards =
  "(?:(?:bien |très |sincèrement |toujours )?cordialement(?: à (?:vous|tous))?|cdt|cdlt|cordially|salutations(?: (?:distinguées|cordiales))?|(?:meilleures|sincères|cordiales) salutations|bien à (?:vous|toi)|respectueusement|amicalement|(?:très )?(?:bonne|belle|excellente) (?:fin de )?(?:journée|soirée|semaine|après-midi)(?: à (?:vous|tous))?|à bientôt|bon week-?end|(?:with )?(?:(?:kind|kindest|best|warm|warmest|many) )?regards|(?:with |all the )?best(?: wishes)?|br|rgds|yours(?: (?:sincerely|faithfully|truly))?|sincerely(?: yours)?|respectfully|have a (?:nice|good|great) (?:day|one|evening|weekend|week)|best)";

const help =
  "(?:(?:pouvez|pourriez|peux|pourrais)[- ](?:vous|tu)(?: (?:svp|s['’]il vous plaît))? m['’]aider(?: (?:svp|stp|s['’]il vous plaît|à (?:ce sujet|résoudre (?:ce|le) problème)|rapidement|sur ce (?:sujet|point)))?|(?:pouvez|pourriez)[- ]vous (?:faire le nécessaire|intervenir|regarder)(?: (?:svp|s['’]il vous plaît|rapidement))?|merci de (?:votre|ton) (?:aide|retour|réponse|intervention)|merci de faire le nécessaire|aidez[- ]moi(?: (?:svp|s['’]il vous plaît))?|(?:please |pls )?(?:can|could|would) (?:you|someone|anyone|somebody) (?:please |kindly |pls )?help(?: me| us)?(?: out)?(?: with (?:this|that|it))?(?: (?:please|asap))?|please help(?: me| us)?(?: (?:asap|out))?|(?:please |kindly )(?:advise|assist)(?: (?:asap|me))?|any help (?:is|would be) (?:much |greatly |very )?appreciated|(?:i )?look(?:ing)? forward to (?:hearing from you|your (?:reply|response|help))(?: soon)?|dans l['’]attente de (?:votre|vous|ton) (?:retour|réponse|lire)|je reste à votre disposition[^.!?\\n]{0,60}|n['’]hésitez pas à (?:me|nous) (?:contacter|appeler|joindre)[^.!?\\n]{0,60}|(?:please )?(?:do not|don['’]t) hesitate to contact (?:me|us)[^.!?\\n]{0,60}|please let me know)";

const polite = "(?: (?:svp|stp|s['’]il vous plaît|please))?";

const formula = new RegExp(
  `^(?:et |and |- |ps ?: )?(?:(?:${thanks}|${regards}|${help})${polite}(?:[ ,;]{1,3}(?:et |and )?(?=\\p{L})|[ ,.;:!?…-]{0,8}$)){1,4}$`,
  "iu",
);

/** Behind a comma, or, where nothing else can be meant, behind a blank. */
const formulaAtEnd = new RegExp(
  `(?:(?<=[\\p{L}\\p{N})"'»\\]]) ?[,;] ?(?:et |and )?(?:${thanks}|${regards}|${help})|(?<=[\\p{L}\\p{N})"'»\\]]) (?:- ?)?(?:merci d['’]avance|merci par avance|(?:bien )?cordialement|cdt|cdlt|thanks in advance|thank you in advance|(?:kind|best) regards))(?:[ ,]{1,2}(?:${thanks}|${regards}))?[ .!?,…]{0,6}$`,
  "iu",
);

/** "Cordialement, Sophie Martin, Service RH", "Cheers, Wendy". */
const formulaAndRest = new RegExp(`^(?:${thanks}|${regards}) ?[,.!-]{1,2} ?(?<rest>\\S.{0,190})$`, "iu");

function closesWithName(text: string): boolean {
  const rest = formulaAndRest.exec(text)?.groups?.rest;
  return Boolean(
    rest?.split(/, | [|/–-] /).every((piece) => isSignatureLine(piece, false) && piece.length <= 60),
  );
}

const mayClose =
  /merci|remerci|thank|thx|tia|ta\b|cheers|cordial|cdt|cdlt|salutation|bien à|respect|amical|journée|soirée|semaine|après-midi|bientôt|week|regards|best|\bbr\b|rgds|yours|sincerely|have a|aider|nécessaire|intervenir|regarder|aidez|help|advise|assist|hésite|hesitate|forward|attente|disposition|let me know/iu;
