/** What stands around a value after a word for password. */
export type Circumstances = {
  /** ":", "is", "" where it stands right behind ... */
  readonly link: string;
  /** Other words stand between the word for password and the link. */
  readonly hasMore: boolean;
  readonly isQuoted: boolean;
  /** A plain word is none here. */
  readonly mustLookSecret: boolean;
  /** The characters behind the value, 40 at most. */
  readonly after: string;
};

/** Whether `value` is a password, and not a word of a sentence about passwords, an error code or the name of a product or computer. */
export function isPassword(
  value: string,
  { link, hasMore, isQuoted, mustLookSecret, after }: Circumstances,
): boolean {
  const folded = value.toLowerCase();
  const word = folded.replace(/[^\p{L}\p{N}]+$/u, "");
  const hasDigit = /\d/.test(value);
  if (value.length < 2 || errorCode.test(value) || products.test(word) || keyCombination.test(value))
    return false;
  if (!hasDigit && aboutPasswords.test(word.split(/[\s,.;:!?()'’/-]/, 1)[0] ?? "")) return false;
  if (notAValue.test(value) && !(hasDigit && link !== "")) return false;
  if (looksSecret(value)) {
    if (link !== "") return value.length >= 3 || hasDigit;
    if (value.length < 6 && !hasSign(value)) return false;
    return hasSign(value) ? !emailLike.test(value) : !nameInSentence.test(after) && !assetName.test(value);
  }
  if (value.length < 3) return false;
  if (/^\d+$/.test(value)) {
    if (link === "") return /^\d{6,8}$/.test(value) && !nameInSentence.test(after);
    return !mustLookSecret && (/[:=>]/.test(link) || value.length >= 4);
  }
  if (link === "" || mustLookSecret) return false;
  if (isQuoted) return true;
  if (plainNames.test(word) || !endsThere.test(after)) return false;
  const isSign = /[:=>]/.test(link);
  if (hasMore && !isSign) return false;
  if (/\p{Ll}\p{Lu}/u.test(value)) return true;
  return isSign && !hasMore ? !/[éè]e?s?$/u.test(word) : !participle.test(word);
}

/** Letters together with digits or signs, as passwords have them; signs at the end only may be a sentence's. */
export function looksSecret(value: string): boolean {
  if (errorCode.test(value) || products.test(value.toLowerCase()) || notAValue.test(value)) return false;
  return /\p{L}/u.test(value) && (/\d/.test(value) || hasSign(value));
}

function hasSign(value: string): boolean {
  return /[^\p{L}\p{M}\p{N}\s.,'’/-]/u.test(value.replace(/[!?]+$/u, (end) => (/\d/.test(value) ? end : "")));
}

/** The sentence, or this part of it, ends behind a plain word; more words would make it one about passwords. */
const endsThere =
  /^["'»”`]?(?:$|[\n.,;!?)|]| ?[|/]| (?:and|et|for|pour|but|mais|on|sur|please|merci|svp|thanks|-)(?!\p{L})| [\p{L}]{2,16} ?[:=])/iu;

/** Behind the name of a product or an account, not behind a password. */
const nameInSentence =
  /^ (?:à |a |is |has |est |was |needs? |to be |keeps |doit |ne )?(?:r[eé]initialis|bloqu|oubli|expir|perdu|d[eé]bloqu|verrouill|demand|reset|locked|unlock|forgot|lost|ask|required|please reset)/iu;

/** Letters and a number with a dash between: PC-4587, SRV-APP01. */
const assetName = /^[A-Z]{2,8}(?:-[A-Z]{1,8})?-?\d{2,8}$|^(?:pc|srv|lap|prn|vm|nb)-[a-z\d-]{2,16}$/;

const errorCode =
  /^(?:0x[\dA-Fa-f]+|KB\d{6,}|AADSTS\d+|(?:INC|RITM|REQ|CHG|SCTASK|TASK)\d{5,}|(?:ERROR|ERR|E|HRESULT)[-_ ]?\d+|(?:ERROR|STATUS|ERR)_\w+)[.,;:!?)]*$/i;

const keyCombination = /^(?:ctrl|alt|shift|win|cmd|maj|fn|strg)\+/i;

const emailLike = /^[^\s@]+@[^\s@]+\.\p{L}{2,}$/u;

/** Ends of words that say what happened to a password rather than which it is. */
const participle =
  /(?:ed|ing|able|ible|é|ée|és|ées|ant|ct|ert|ort|ble|ique|al|eur|ory|ous|less|ide|ides|isé|ent)$/u;

/** Words that follow "password:" or "password is" when no password is told. */
const aboutPasswords =
  /^(?:expired?|expires?|expir.*|reset.*|forg[eo].*|lost|change.*|chang.*|required|needed|incorrect.*|wrong|invalid.*|valid.*|policy|please|pls|i|i'm|im|my|your|the|this|that|it|its|it's|an?|so|too|now|just|only|also|always|never|still|again|already|need|needs|can|cannot|can't|cant|could|does|doesn't|doesnt|did|didn't|how|why|what|when|where|who|not|no|none|is|isn't|was|and|or|but|if|for|to|in|on|of|from|with|due|about|correct|right|ok|okay|fine|good|bad|old|new|same|weak|strong|short|long|locked|blocked|known|unknown|visible|hidden|shown|saved|stored|set|use|used|working|case|manager|field|box|prompt|page|screen|keeper|protected|problem|issue|help|error|update|empty|blank|mandatory|asked|accepted|denied|refused|ignored|optional|unique|different|identical|missing|gone|oublie.*|oublié.*|perdu.*|expiré.*|incorrects?|invalides?|valides?|vide|refus.*|accept.*|bloqu.*|verrouill.*|r[eé]initialis.*|chang[eé].*|modifi.*|impossible|probl[eè]mes?|souci|demande|urgent|urgence|je|j'ai|jai|il|elle|on|le|la|les|l|j|d|n|c|qu|mon|ma|mes|un|une|ce|cela|ça|ca|pas|plus|ne|n'est|est|et|ou|où|mais|si|que|qui|quoi|quel|quelle|comment|pourquoi|quand|merci|bonjour|svp|pour|avec|sans|dans|sur|de|du|des|d'un|au|aux|à|a|toujours|encore|trop|tr[eè]s|bien|bon|bonne|faux|fausse|erron[eé].*|correcte?s?|m[eê]me|identique|nouveau|nouvelle|ancien.*|obligatoire|demand[eé].*|provisoire|temporaire|vergessen|abgelaufen|falsch|olvid.*|esquec.*|vergeten|verlopen)$/u;

/** Products and things of IT: "password: Outlook" says whose password, not which. */
const plainNames =
  /^(?:windows|office|outlook|teams|excel|word|onedrive|sharepoint|onenote|vpn|wi-?fi|sap|sage|citrix|bitlocker|session|messagerie|mail|mails|email|compte|account|acc[eè]s|access|gmail|google|chrome|edge|firefox|intranet|extranet|salesforce|zoom|adobe|acrobat|active|ad|azure|entra|okta|windows hello|imprimante|printer|ordinateur|computer|laptop|pc|portable|serveur|server|user|utilisateur|administrateur|admin portal|copieur|t[eé]l[eé]phone|phone|iphone|mac|macbook|forticlient|globalprotect|anyconnect|servicenow|jira|confluence|github|gitlab|keepass|lastpass|workday|concur|login|connexion|identifiant)$/u;

/** A table's or a command line's next piece: "|", "-AsSecureString", "$password", "@host", Read-Host; a path; a mask ("****"). */
const notAValue = /^[|.<\\-]|^@\D*$|^[*•x]+$|^\$\w+$|^\D*\|\D*$|^(?:read-host|convertto-|get-|new-object)/i;

/** Names with digits that stand beside "password" without being one. */
const products =
  /^(?:[om]-?365|office-?\d*|windows-?\d+|win-?\d+|outlook-?\d*|as-?400|sage-?\d+|https?:.*|www\..*|\d+h\d*|\d+[jhms]|\d+x|[12]fa|v\d+[\d.]*|sha-?\d+|wpa\d?|802\.1x|s4hana|l2tp|ipv[46]|(?:19|20)\d\d|\d+[./]\d+[./]\d+|\d{1,2}-\d{1,2}|\d+-?(?:min|days?|jours?|char|caract|digit|letter|lettre|chiffre).*|\d+(?:times|fois))$/u;
