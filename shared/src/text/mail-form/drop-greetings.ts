import { isItWord } from "./is-it-word.ts";

/**
 * A text without greetings where one begins: at its start, or behind an empty line (under the subject). "Bonjour à tous,", "Dear
 * colleagues,", "Hi, hope you are well." go; what may be a product ("Hello for Business", "Hi-Res") stays.
 */
export function dropGreetings(text: string): string {
  return text
    .split("\n\n")
    .map((paragraph) =>
      paragraph.replace(greetingByName, withoutName).replace(greeting, "").replace(wish, ""),
    )
    .join("\n\n");
}

function withoutName(found: string, name: string): string {
  return name.split(/[ .'’-]+/).some(isItWord) ? found : "";
}

const hello =
  "(?:(?:re)?bonjour|bonsoir|salut|bjr|bsr|slt|cc|coucou|hello|hi|hey|hiya|good (?:morning|afternoon|evening|day)|dear|chère?s?|madame|monsieur|greetings)";

const whom =
  "(?: (?:à (?:tous|toutes|vous|toutes et à tous|l['’]équipe|toute l['’]équipe)|tous|toutes|tout le monde|l['’]équipe(?: (?:it|support|informatique))?|madame|monsieur|mesdames|messieurs|le support|support|team|all|there|everyone|everybody|folks|guys|it|it team|it support|support team|helpdesk|help desk|service desk|sir|madam|sir or madam|colleagues?|collègues|cher (?:support|collègue)|ou|or|et|and|,)){0,4}";

const greeting = new RegExp(
  `^(?:${hello}${whom}(?:,? ?${hello})?(?:${whom} ?[,!.:;…-]{1,3}(?= |\\n|$)|${whom}(?=\\n|$))|(?:(?:re)?bonjour|bonsoir|bjr|slt|salut)(?: à tous)? (?=\\p{L})|(?:hi|hello|hey)(?: (?:there|team|all))? (?=(?:i|my|we|our|the|can|could|please|i['’]m|is|does|how|what|why|when|there)(?!\\p{L})))`,
  "iu",
);

/** "Bonjour Paul Durand,": one to three words with a capital, before a mark or an empty line. */
const greetingByName =
  /^(?:[Bb]onjour|[Bb]onsoir|[Ss]alut|[Hh]ello|[Hh]i|[Hh]ey|[Gg]ood (?:morning|afternoon|evening)|[Dd]ear|[Cc]hère?|Madame|Monsieur)(?: (?:Mr|Mrs|Ms|Dr|M|Mme|Mlle|Madame|Monsieur)\.?)?((?: \p{Lu}[\p{L}'’.-]{1,20}){1,3})(?: ?[,!.;:]{1,3}(?= |\n|$)|(?=\n\n|$))/u;

const wish =
  /^\s*(?:(?:i )?hope (?:you(?:['’]re| are)|all is|this finds you|you had)[^.!?\n,]{0,40}[.!,](?= |\n|$)|j['’]espère que (?:vous allez|tu vas|tout va)[^.!?\n,]{0,40}[.!,](?= |\n|$))/iu;
