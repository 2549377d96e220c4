import type { Span } from "./span.ts";

/**
 * Passwords that somebody wrote down: the value after a word for password with ":", "=", "is", "est", "c'est" ..., or right
 * after it where it looks like one (letters with digits or signs); PINs after "pin"; user:password in a URL. What speaks of a
 * password without telling it stays whole ("password expired", "mot de passe oublié : que faire ?").
 */
export function findPasswords(text: string): Span[] {
  return [
    ...findUrlCredentials(text),
    ...labelled.flatMap((pattern) => findAfter(text, pattern)),
    ...findPins(text),
  ];
}

/** scheme://user:password@host: user and password together. */
function findUrlCredentials(text: string): Span[] {
  return Array.from(text.matchAll(/:\/\/([^\s/@:?#[\]]{1,64}:[^\s/@?#[\]]{1,128})@/dg), (match): Span => {
    const [start, end] = match.indices?.[1] ?? [match.index, match.index];
    return { start, end, type: "PASSWORD" };
  });
}

const label =
  "(?:pass?[ -]?w(?:or|ro|r|o)?d|passwrod|paswd|passwd|passphrase|passcode|pwd|pw|mots? ?d[e']? ?pass?e?|mdp|m2p|passwort|kennwort|contrase(?:ñ|n)a|clave|senha|palavra[- ]passe|wachtwoord|parola d'ordine)";

const value = '(?<quote>["\'«“]?) ?(?<value>[^\\s"«»“”<>;]{3,256})';

/** "is" and its like. */
const verb = "(?:is|was|are|est|était|etait|c'est|cest|c est|ist|war|es|é|è)(?: ?:)?(?![\\p{L}\\p{N}])";

/**
 * Where a value may stand after the label: after a sign, after a verb, right behind. Up to four more words may come before
 * the first two ("password for the wifi: ..."). One pattern each, since the first to match would hide the others.
 */
const labelled = ["(?<link> ?(?::=|=>|->|[:=]))", `(?<link>,? ${verb})`, "(?<link>)"].map((link) => {
  const more = link === "(?<link>)" ? "(?<more>)" : "(?<more>(?: [\\p{L}\\d./'-]{1,16}){0,4}?)";
  return new RegExp(
    `(?<![\\p{L}\\p{N}])${label}(?![\\p{L}\\p{N}])${more}["')]{0,2}${link} ?${value}`,
    "giud",
  );
});

function findAfter(text: string, pattern: RegExp): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(pattern)) {
    const { more = "", link = "", quote = "", value = "" } = match.groups ?? {};
    const [valueStart] = match.indices?.groups?.value ?? [match.index];
    const bracket = value.match(/^[([{]?/)?.[0] ?? "";
    const start = valueStart + bracket.length;
    const bare = withoutTail(value.slice(bracket.length));
    const end = start + bare.length;
    const after = text.slice(end, end + 5);
    if (
      !isPassword(bare, {
        link: link.trim().toLowerCase(),
        hasMore: more !== "",
        isQuoted: quote !== "",
        after,
      })
    ) {
      continue;
    }
    spans.push({ start, end, type: "PASSWORD" });
    // "login / password : bob / Azerty12"
    const second =
      /[/&+] ?$/.test(text.slice(0, match.index).slice(-2)) && text.slice(end, end + 70).match(pairedValue);
    if (second) {
      const secondStart = end + second[0].length - (second[1]?.length ?? 0);
      spans.push({
        start: secondStart,
        end: secondStart + withoutTail(second[1] ?? "").length,
        type: "PASSWORD",
      });
    }
  }
  return spans;
}

const pairedValue = /^ ?[/|&+] ?([^\s"«»“”<>;[\]]{3,64})/;

/** Without what ends the sentence or the bracket rather than the password. */
function withoutTail(value: string): string {
  return value.replace(/(?<=.)['’)\],.:?…]+$/u, "");
}

type Circumstances = { link: string; hasMore: boolean; isQuoted: boolean; after: string };

function isPassword(value: string, { link, hasMore, isQuoted, after }: Circumstances): boolean {
  const folded = value.toLowerCase();
  if (value.length < 3 || value.includes("[") || aboutPasswords.test(folded) || products.test(folded)) {
    return false;
  }
  const hasDigit = /\d/.test(value);
  if (notAValue.test(value) && !(hasDigit && link !== "")) return false;
  const hasSign = /[^\p{L}\p{N}.,'’/-]/u.test(value);
  const hasLetter = /\p{L}/u.test(value);
  if (hasLetter && (hasDigit || hasSign)) return link !== "" || value.length >= 6 || hasSign;
  if (link === "") return false;
  const isSign = /[:=>]/.test(link);
  if (isQuoted) return true;
  if (hasDigit) return isSign || value.length >= 4;
  if (hasMore && !isSign) return false;
  const endsThere = /^(?:$|[\n.,;!?)]| (?:and|et|for|pour|but|mais|on|sur|please|merci|-|\/))/u.test(after);
  return isSign && !hasMore ? true : endsThere && !participle.test(folded);
}

/** Ends of words that say what happened to a password rather than which it is. */
const participle = /(?:ed|ing|able|ible|é|ée|és|ées|ant|ct|ert|ort|ble|ique|al|eur)$/u;

/** Words that follow "password:" or "password is" when no password is told. */
const aboutPasswords =
  /^(?:expired?|expires?|expir.*|reset.*|forg[eo].*|lost|change.*|chang.*|required|needed|incorrect.*|wrong|invalid.*|policy|please|pls|i|i'm|im|my|your|the|this|that|it|its|it's|an?|so|too|now|just|only|also|always|never|still|again|already|need|needs|can|cannot|can't|cant|could|does|doesn't|doesnt|did|didn't|how|why|what|when|where|who|not|no|none|is|isn't|was|and|or|but|if|for|to|in|on|of|from|with|due|about|correct|right|ok|okay|fine|good|bad|old|new|same|weak|strong|short|long|locked|blocked|known|unknown|visible|hidden|shown|saved|stored|set|use|used|working|case|manager|field|box|prompt|page|screen|keeper|protected|problem|issue|help|error|update|oublie.*|oublié.*|perdu.*|expiré.*|incorrects?|invalides?|refus.*|bloqu.*|verrouill.*|r[eé]initialis.*|chang[eé].*|modifi.*|impossible|probl[eè]mes?|je|j'ai|jai|il|elle|on|le|la|les|mon|ma|mes|un|une|ce|cela|ça|ca|pas|plus|ne|n'est|est|et|ou|où|mais|si|que|qui|quoi|quel|quelle|comment|pourquoi|quand|merci|bonjour|svp|pour|avec|sans|dans|sur|de|du|des|d'un|au|aux|à|a|toujours|encore|trop|tr[eè]s|bien|bon|bonne|faux|fausse|erron[eé].*|correcte?s?|m[eê]me|nouveau|nouvelle|ancien.*|obligatoire|demand[eé].*|provisoire|temporaire|vergessen|abgelaufen|falsch|olvid.*|esquec.*|vergeten|verlopen)$/u;

/** A table's or a command line's next piece: "|", "-AsSecureString", "$password", "@host", Read-Host. */
const notAValue = /^[|.@<-]|^\$\w+$|^\D*\|\D*$|^(?:read-host|convertto-|get-|new-object)/i;

/** Names with digits that stand beside "password" without being one. */
const products =
  /^(?:[om]-?365|office-?\d*|windows-?\d+|win-?\d+|outlook-?\d*|https?:.*|www\..*|\d+h\d*|\d+[jhms]|\d+x|[12]fa|v\d+[\d.]*|sha-?\d+|wpa\d?|802\.1x|s4hana|l2tp|ipv[46]|(?:19|20)\d\d|\d+[./]\d+[./]\d+|\d+(?:min|days?|jours?|char.*|caract.*|times|fois))$/u;

/** "PIN 4821", "code pin : 1234": 4 to 8 digits. */
function findPins(text: string): Span[] {
  const pattern =
    /(?<![\p{L}\p{N}])(?:code )?pin(?: code)?(?: ?[:=]| is| est)? ?(?<value>\d{4,8})(?![\p{L}\p{N}]|[.,]\d)/dgiu;
  return Array.from(text.matchAll(pattern), (match): Span => {
    const [start, end] = match.indices?.groups?.value ?? [match.index, match.index];
    return { start, end, type: "PASSWORD" };
  });
}
