import { foldText } from "../text/fold-text.ts";
import { placeholderPattern } from "../text/redact-text.ts";
import { placeholderTypes } from "../text/redaction/span.ts";
import { createKeywordCounter } from "./count-keywords.ts";
import { keywordGroups } from "./keyword-groups.ts";

/** Counts up whenever a feature's computation changes under an unchanged name; part of the feature hash. */
export const numericFeaturesVersion = 2;

/** Characters of a text that the numeric features read: what a ticket is about stands at its beginning. */
const readCharacters = 20_000;

/** One named number of a text. */
type NumericFeature = { readonly name: string; readonly of: (text: Reading) => number };

/** A text with what several features need of it, worked out once. */
type Reading = {
  readonly text: string;
  readonly folded: string;
  readonly words: readonly string[];
  readonly lines: readonly string[];
  readonly language: string;
  readonly keywords: Uint32Array;
};

const groupNames = Object.keys(keywordGroups);
const everyone = groupNames.indexOf("everyone");
/** The groups before how_to name things that IT looks after. */
const topicGroups = groupNames.indexOf("how_to");
const countKeywords = createKeywordCounter(Object.values(keywordGroups));

/** log(1 + count): the tenth exclamation mark says less than the first. */
const log = (count: number): number => Math.log1p(count);

/** 1 - 2^-count: 0, 0.5, 0.75, ... towards 1. */
const saturate = (count: number): number => 1 - 2 ** -count;

const count = (pattern: RegExp, text: string): number => text.match(pattern)?.length ?? 0;

const matches = (name: string, pattern: RegExp): NumericFeature => ({
  name,
  of: ({ text }) => saturate(count(pattern, text)),
});

const foldedMatches = (name: string, pattern: RegExp): NumericFeature => ({
  name,
  of: ({ folded }) => saturate(count(pattern, folded)),
});

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const features: readonly NumericFeature[] = [
  // How long, and how it is set
  { name: "length_characters_log", of: ({ text }) => log(text.length) },
  { name: "length_words_log", of: ({ words }) => log(words.length) },
  { name: "length_lines_log", of: ({ lines }) => log(lines.length) },
  { name: "length_sentences_log", of: ({ text }) => log(count(/[.!?\u2026]+(?=\s|$)/g, text)) },
  { name: "mean_word_length", of: ({ words }) => share(words.join("").length, words.length) },
  { name: "exclamation_marks_log", of: ({ text }) => log(count(/!/g, text)) },
  { name: "question_marks_log", of: ({ text }) => log(count(/\?/g, text)) },
  matches("ellipses", /\.{3}|\u2026/g),
  { name: "ends_with_question", of: ({ text }) => (/\?["')\s]*$/.test(text) ? 1 : 0) },
  {
    name: "upper_case_share",
    of: ({ text }) => share(count(/\p{Lu}/gu, text), count(/\p{L}/gu, text)),
  },
  matches("upper_case_words", /(?<![\p{L}\p{N}_[])\p{Lu}{4,}(?![\p{L}\p{N}_])/gu),
  {
    name: "digit_share",
    of: ({ text }) => share(count(/\d/g, text.replace(placeholderPattern, "")), text.length),
  },

  // What machines wrote
  matches("hexadecimal_codes", /\b0x[0-9a-f]{2,16}\b/gi),
  foldedMatches("http_statuses", /(?<![\d.,])(?:40[0-9]|41[0-9]|429|50[0-5])(?![\d.,]\d|\d)/g),
  foldedMatches(
    "numbered_errors",
    /\b(?:error|erreur|err|code|fault|fehler)(?: code| id)?[ :#n°-]{0,3}\d{1,6}\b/g,
  ),
  matches("kb_numbers", /\bKB\d{6,7}\b/gi),
  foldedMatches("event_ids", /\bevent ?(?:id)?[ :=]{0,2}\d{1,5}\b|\bid d'evenement[ :]{0,2}\d{1,5}\b/g),
  matches("urls", /\bhttps?:\/\/|\bwww\./gi),
  matches("network_shares", /\\\\[\w.$-]+/g),
  matches("drive_paths", /\b[A-Za-z]:[\\/]/g),
  matches(
    "file_names",
    /(?<![\w-])[\w-]+\.(?:exe|dll|docx?|xlsx?|pptx?|pdf|csv|zip|msi|pst|ost|log|html?|iso|jpe?g|png|dwg)\b/gi,
  ),
  matches(
    "log_lines",
    /^\s*(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?(?:ERROR|WARN(?:ING)?|INFO|DEBUG|FATAL)\b)/gm,
  ),
  matches("stack_traces", /^\s*at [\w.$<>]+[ (]|Traceback \(most recent|\b\w+(?:Exception|Error)\b:?/gm),
  matches(
    "forwarded_marks",
    /^\s*(?:-{2,}.{0,40}(?:original|forwarded|transf|initial).{0,40}|(?:From|De|Von)\s?:|(?:fwd?|tr)\s?:)/gim,
  ),
  matches("quoted_lines", /^\s*>/gm),
  matches("list_items", /^\s*(?:[-*\u2022]|\d{1,2}[.)])\s/gm),
  ...placeholderTypes.map((type) =>
    matches(`placeholders_${type.toLowerCase()}`, new RegExp(`\\[${type}_\\d{1,6}\\]`, "g")),
  ),

  // How people write to people
  foldedMatches(
    "greeting_marks",
    /^\s*(?:hello|hi|hey|dear|good (?:morning|afternoon|evening)|bonjour|bonsoir|salut|bjr|slt|cher|chere)\b/gm,
  ),
  foldedMatches(
    "signature_marks",
    /^\s*(?:--|regards|kind regards|best regards|best|cheers|sincerely|thanks,|cordialement|cdt|bien a vous|bien cordialement|envoye de mon|sent from my)\b/gm,
  ),

  // Language
  { name: "language_en", of: ({ language }) => (language === "en" ? 1 : 0) },
  { name: "language_fr", of: ({ language }) => (language === "fr" ? 1 : 0) },
  { name: "language_other", of: ({ language }) => (language === "en" || language === "fr" ? 0 : 1) },

  // What it is about
  ...groupNames.map(
    (name, group): NumericFeature => ({
      name: `words_${name}`,
      of: ({ keywords }) => saturate(keywords[group] ?? 0),
    }),
  ),
  {
    name: "known_words_share",
    of: ({ keywords, words }) =>
      Math.min(
        1,
        share(
          keywords.reduce((sum, n) => sum + n, 0),
          words.length,
        ),
      ),
  },
  {
    name: "topic_groups_log",
    of: ({ keywords }) => log(keywords.subarray(0, topicGroups).filter((n) => n > 0).length),
  },

  // How many, how soon, and what is denied
  foldedMatches("frequency_marks", frequency()),
  foldedMatches("own_device", deviceAfter("my|mon|ma|mes")),
  foldedMatches(
    "one_device_of_several",
    deviceAfter(
      "second|other|external|extra|spare|one of (?:my|our|the)(?: \\w+)?|left|right|deuxieme|2e|2eme|2nd|autre|un[e]? de (?:mes|nos)|un[e]? des(?: \\w+)?",
    ),
  ),
  {
    name: "people_count_log",
    of: ({ folded }) => {
      const numbers = [...folded.matchAll(peopleCount)].map((match) => Number(match[1] ?? 0));
      return log(Math.max(0, ...numbers));
    },
  },
  foldedMatches(
    "urgency_denied",
    /\b(?:not|isn't|isnt|nothing|no|non|pas|rien d'|sans|aucune|pas d'|low)[ ']{0,2}(?:really |very |at all |vraiment |tres |super |si |trop |d')?(?:urgen\w*|rush|hurry|emergency|critical|critique|presse\w*|priorit\w*|bloquant\w*|blocking|grave|important)\b/g,
  ),
  foldedMatches(
    "outage_denied",
    /\b(?:not|isn't|isnt|no|pas|n'est pas|plus)(?: \w+)? (?:down|outage|en panne|une panne|de panne|panne)\b|\b(?:works|fine|ok) for (?:everyone else|others|my colleagues|the others)\b|\b(?:marche|fonctionne|ok) (?:chez|pour) (?:les autres|mes collegues|mon collegue|ma collegue)\b/g,
  ),
  foldedMatches(
    "does_not_work",
    /\b(?:not work\w*|(?:doesn't|doesnt|don't|dont|won't|wont|can't|cant|cannot|isn't|isnt|didn't) \w+|n[e']? ?\w+ (?:pas|plus)|(?:marche|fonctionne|demarre|repond|ouvre|affiche|imprime|connecte|trouve|allume|arrive) (?:pas|plus|pu)|impossible|unable to|stopped working|keeps \w+ing)\b/g,
  ),
  foldedMatches("clock_times", /\b(?:[01]?\d|2[0-3])(?:h[0-5]\d|h\b|:[0-5]\d| ?(?:am|pm)\b)/g),
  foldedMatches(
    "second_person_request",
    /\b(?:(?:can|could|would|will) (?:you|someone|somebody|anyone)|(?:pouvez|pourriez|voulez|auriez)[ -]vous|peux[ -]tu|pourrais[ -]tu|merci de|please|svp|s'il vous plait)\b/g,
  ),
];

/** "40 people", "12 postes", "about 300 users". */
const peopleCount =
  /(?<![\d.,])(\d{1,5})(?: \w+)? (?:people|persons|users|staff|employees|colleagues|agents|machines|pcs|computers|laptops|workstations|desks|terminals|nurses|operators|students|pupils|printers|screens|phones|stores|shops|sites|personnes|utilisateurs|salaries|collegues|postes|ordinateurs|terminaux|ecrans|telephones|imprimantes|infirmieres|operateurs|eleves|etudiants|magasins|caisses|clients)\b/g;

/** Names of the numeric features, in the order of their values. */
export const numericFeatureNames: readonly string[] = features.map(({ name }) => name);

/**
 * The numeric features of a prepared text, float32, one for each name: lengths, marks, codes, placeholders, language and
 * words, every one finite. Only what stands in the text, so that it is known when somebody asks. Reads the first 20,000
 * characters; linear in them.
 */
export function numericFeatures(text: string, language: string): Float32Array {
  const reading = read(text.slice(0, readCharacters), language);
  return Float32Array.from(features, ({ of }) => of(reading));
}

/**
 * How often, in French and English: "toutes les dix minutes", "tous les matins", "every 5 minutes", "all the time". Some of its
 * words are those of everybody ("tous", "all the").
 */
function frequency(): RegExp {
  const numbers =
    "\\d+|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|quinze|vingt|trente|quarante|quelques|one|two|three|four|five|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|few|couple|other|second|single|ou|or|a|of";
  const units =
    "secondes?|seconds?|minutes?|min|mn|heures?|hours?|h|jours?|days?|nuits?|nights?|matins?|mornings?|apres-midis?|afternoons?|soirs?|evenings?|semaines?|weeks?|mois|months?|ans?|annees?|years?|fois|times?|quarts? d'heure|demi[- ]heures?|half hours?|lundis?|mardis?|mercredis?|jeudis?|vendredis?|samedis?|dimanches?|instants?";
  return new RegExp(
    `\\b(?:(?:tou(?:te)?s les|every)(?: (?:${numbers})){0,3} ?(?:${units})|tout le temps|all the (?:time|while|way))\\b`,
    "g",
  );
}

/** A person's device after one of these words, at most two other words between: "my new headset", "le deuxième écran". */
function deviceAfter(words: string): RegExp {
  return new RegExp(
    `\\b(?:${words}) (?:\\w+ ){0,2}?(?:screens?|monitors?|displays?|ecrans?|moniteurs?|headsets?|headphones?|casques?|mics?|micros?|microphones?|mouse|souris|keyboards?|claviers?|webcams?|cameras?|docks?|docking|station|laptops?|pc|computers?|ordinateurs?|ordi|portable|phones?|telephones?|mobile|tablets?|tablettes?|chargers?|chargeurs?|batter\\w+|touchpad|trackpad|adapters?|adaptateurs?|speakers?|enceintes?)\\b`,
    "g",
  );
}

const frequencyPattern = frequency();

function read(text: string, language: string): Reading {
  const withoutPlaceholders = text.replace(placeholderPattern, " ");
  const folded = foldText(text);
  const keywords = countKeywords(withoutPlaceholders);
  // Each such phrase was counted once as everybody, but those with "every" and "tout le temps", which are no term
  const often = [...folded.matchAll(frequencyPattern)].filter(([phrase]) =>
    /^(?:tou(?:te)?s|all) /.test(phrase),
  );
  keywords[everyone] = Math.max(0, (keywords[everyone] ?? 0) - often.length);
  return {
    text,
    folded,
    words: withoutPlaceholders.match(/[\p{L}\p{N}]+/gu) ?? [],
    lines: text === "" ? [] : text.split("\n"),
    language,
    keywords,
  };
}
