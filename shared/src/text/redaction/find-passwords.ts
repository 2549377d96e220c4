import { findCommandPasswords } from "./find-command-passwords.ts";
import { findPins } from "./find-pins.ts";
import { isPassword, looksSecret } from "./is-password.ts";
import type { Span } from "./span.ts";

/**
 * Passwords that somebody wrote down: the value after a word for password with ":", "=", "is", "est", "c'est", "changed to" ...,
 * right after it where it looks like one (letters with digits or signs), or on the next line; both of "from A to B"; PINs and
 * one-time codes; user:password in a URL or a command. What speaks of a password without telling it stays whole
 * ("password expired", "mot de passe : accès impossible", "mot de passe 0x8007052e").
 */
export function findPasswords(text: string): Span[] {
  return [
    ...findCommandPasswords(text),
    ...labelled.flatMap((pattern) => findAfter(text, pattern)),
    ...surrounded.flatMap((pattern) => findSurrounded(text, pattern)),
    ...findPins(text),
  ];
}

const passwordWord =
  "(?:pass?[ -]?w(?:or|ro|r|o)?d|passwrod|paswd|passwd|passphrase|passcode|pwd|pw|mots? ?d[e'’]? ?pass?e?|mdp|m2p|passwort|kennwort|contrase(?:ñ|n)a|clave|senha|palavra[- ]passe|wachtwoord|parola d['’]ordine)";

/** Words that mean a password in some places only; what follows them must look like one. */
const weakWord =
  "(?:(?<weak>p/w|pass(?= ?[:=]| is | was | [^\\s/]{6,})|(?<=my |mon |user/|login/)pass|(?:wi-?fi|wpa2?|network|wireless) (?:key|code)|(?:cl[eé]|code) (?:du )?(?:wi-?fi|wpa2?|r[eé]seau)|code d['’]acc[eè]s|access code|phrase secr[eè]te))";

const label = `(?<![\\p{L}\\p{N}])(?:my|mon|db|user|admin)?(?:${passwordWord}|${weakWord})(?![\\p{L}\\p{N}])`;

const value =
  '(?:["\'«“`](?<quoted> ?[^"\'«»“”`\\n]{3,64}?) ?["\'»”`]|(?<open>["\'«“`]?) ?(?<value>[^\\s"«»“”<>`]{2,256}))';

/** "is" and its like, with a word such as "still" after it. */
const verb =
  "(?:is|was|are|est|était|etait|c['’]est|cest|c est|ist|war|es|é|è)(?! ?-)(?: (?<adverb>still|currently|now|actually|always|just|toujours|encore|actuellement|maintenant|bien|le|the))?(?: ?:)?(?![\\p{L}\\p{N}])";

const change =
  "(?:(?: (?:is|was|has been|have been|had been|been|a [eé]t[eé]|est|was just))?(?: (?:changed|reset|set|updated|modified|chang[eé]e?|modifi[eé]e?|r[eé]initialis[eé]e?|remplac[eé]e?|mise?))? (?:to|into|with|en|par|à|a|vers))(?![\\p{L}\\p{N}])";

const kind =
  " (?:provisoire|temporaire|initial|actuel|wi-?fi|admin|administrateur|local|windows|par d[eé]faut|temporary|initial|current|default)";

/**
 * Where a value may stand after the label: after a sign, after a verb, after a change, right behind, on the next line. Up to four more
 * words may come before the first two ("password for the wifi: ..."). One pattern each, since the first to match would hide the others.
 */
const labelled = [
  `(?<more>(?: [\\p{L}\\d./'’-]{1,16}){0,4}?)(?:\\*\\*|__)?["'\`)]{0,2}(?<link> ?(?::=|=>|-{0,2}>|[:=]|[|-](?= )| [–—](?= )))(?:\\*\\*|__)? ?\\n?`,
  `(?<more>(?: [\\p{L}\\d./'’-]{1,16}){0,4}?)["'\`)]{0,2}(?<link>,? ${verb}) ?\\n?`,
  `(?<more>)(?<link>${change}) `,
  `(?<more>(?:${kind})?)["'\`)]{0,2}(?<link>) ?`,
  `(?<=(?:^|\\n)[\\p{L} ]{1,24})(?<more>)(?<link>)\\n`,
].map((between) => new RegExp(`${label}${between}${value}`, "giud"));

function findAfter(text: string, pattern: RegExp): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(pattern)) {
    const { more = "", link = "", quoted, open = "", adverb, weak } = match.groups ?? {};
    const [valueStart] = match.indices?.groups?.value ?? match.indices?.groups?.quoted ?? [match.index];
    const { start, end } = trimmed(valueStart, quoted ?? match.groups?.value ?? "", quoted !== undefined);
    const sign = link.trim().toLowerCase();
    const before = text.slice(match.index, valueStart);
    const isKnown = isPassword(text.slice(start, end), {
      link: sign,
      hasMore: more !== "",
      isQuoted: quoted !== undefined || open !== "",
      mustLookSecret:
        weak !== undefined ||
        adverb !== undefined ||
        before.includes("\n") ||
        /^[|>–—-]$|(?:to|into|with|en|par|à|a|vers)$/.test(sign),
      after: text.slice(end, end + 40),
    });
    if (!isKnown) continue;
    spans.push({ start, end, type: "PASSWORD" });
    spans.push(...findSecond(text, match.index, end));
  }
  return spans;
}

/** "login / password : bob / Azerty12", "old password was A1 and the new one is B2". */
function findSecond(text: string, labelStart: number, end: number): Span[] {
  const isPaired = /[/&+] ?$/.test(text.slice(Math.max(0, labelStart - 2), labelStart));
  const second = text.slice(end, end + 110).match(isPaired ? pairedValue : nextValue);
  if (!second) return [];
  const from = end + second[0].length - (second[1]?.length ?? 0);
  const span = trimmed(from, second[1] ?? "", false);
  const isBare = /^ (?![/|&+])/.test(second[0]) || !isPaired;
  if (span.end <= span.start || (isBare && !looksSecret(text.slice(span.start, span.end)))) return [];
  return [{ ...span, type: "PASSWORD" }];
}

const pairedValue = /^(?: ?[/|&+] ?| )([^\s"«»“”<>[\]]{3,64})/;

const nextValue =
  /^["'»”]?[,;.]? ?(?:(?:and|et|then|puis|but|mais) )?(?:(?:the|my|le|mon) )?(?:new|old|other|nouveau|ancien)(?: (?:one|password|mdp|mot de passe))?(?: (?:is|was|est|c['’]est))? ?[:=]? ?["'«“]? ?([^\s"«»“”<>[\]]{2,64})/i;

/**
 * "first" and "second" are values where they look like it, and a name ("plain") that stands before one is taken with it: "password from
 * A to B", "X as my password", "login/mdp : name X", "identifiants : name / X".
 */
const surrounded: readonly RegExp[] = [
  new RegExp(
    `${label} (?:from|de) ["'«“]?(?<first>[^\\s"«»“”<>[\\]]{2,64})["'»”]? (?:to|à|a|en|par|vers) ["'«“]?(?<second>[^\\s"«»“”<>[\\]]{2,64})`,
    "giud",
  ),
  new RegExp(
    `(?<![^\\s"'«“])(?<first>[^\\s"'«»“”<>[\\]]{3,64})["'»”]? (?:as|comme)(?: (?:my|the|a|mon|le|new|nouveau)){0,2} ${passwordWord}(?![\\p{L}\\p{N}]| (?:manager|vault|safe))`,
    "giud",
  ),
  new RegExp(
    `(?<![\\p{L}\\p{N}])(?:login|user(?:name)?|identifiant|utilisateur|id|compte)s? ?[/&+|] ?(?:${passwordWord}|pass) ?[:=]? ?(?<plain>[^\\s"«»“”<>[\\]/]{2,64})(?: ?[/|&+] ?| )(?<second>[^\\s"«»“”<>[\\]]{3,64})`,
    "giud",
  ),
  /(?<![\p{L}\p{N}])(?:identifiants|credentials|logins?) ?(?:[:=]|are|sont) ?(?<plain>[^\s"«»“”<>[\]/]{2,64}) ?\/ ?(?<second>[^\s"«»“”<>[\]]{3,64})/dgiu,
];

function findSurrounded(text: string, pattern: RegExp): Span[] {
  return Array.from(text.matchAll(pattern)).flatMap((match) => {
    const found = (["first", "second"] as const).flatMap((name): Span[] => {
      const [from] = match.indices?.groups?.[name] ?? [];
      if (from === undefined) return [];
      const span = trimmed(from, match.groups?.[name] ?? "", false);
      return looksSecret(text.slice(span.start, span.end)) ? [{ ...span, type: "PASSWORD" }] : [];
    });
    const [start, end] = match.indices?.groups?.plain ?? [];
    if (start === undefined || end === undefined || found.length === 0) return found;
    return [{ start, end, type: "PASSWORD" as const }, ...found];
  });
}

/** A value without an opening bracket, a placeholder, the next setting of a line, and what ends the sentence or the bracket. */
function trimmed(from: number, found: string, isQuoted: boolean): { start: number; end: number } {
  const blank = /^ ?/.exec(found)?.[0].length ?? 0;
  const kept = found.slice(blank).split(placeholder, 1)[0] ?? "";
  if (isQuoted) return { start: from + blank, end: from + blank + kept.length };
  const bracket = /^[([{]?/.exec(kept)?.[0].length ?? 0;
  const bare = kept
    .slice(bracket)
    .replace(/;[\p{L}_ ]{2,24}[:=].*$/u, "")
    .replace(/(?<=.)['’)\],.:;?…]+$|(?<=[^*])\*\*$/u, "");
  // A bracket that opens inside the value is closed inside it.
  const closing = bare.includes("[") && kept.startsWith("]", bracket + bare.length) ? 1 : 0;
  return { start: from + blank + bracket, end: from + blank + bracket + bare.length + closing };
}

const placeholder = /\[[A-Z]{2,8}_\d{1,6}\]/;
