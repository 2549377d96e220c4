import { isItWord, isProduct } from "./is-it-word.ts";

/**
 * Whether a line behind a closing formula is of a signature: a name, a title, a company, a phone, a mail or a street address. Words
 * of IT ("Imprimante HS") or of a sentence make it none. Right behind the formula (`isFirst`) a name may be in small letters.
 */
export function isSignatureLine(line: string, isFirst: boolean): boolean {
  if (line.length > maxLength || /[?!]$|0x[\da-f]/i.test(line)) return false;
  if (afterthought.test(line)) return false;
  if (contact.test(line)) return !sentenceWord.test(line);
  if (sentenceWord.test(line)) return false;
  if (street.test(line) || town.test(line) || (company.test(line) && !/\d/.test(line))) return true;
  const words = line.match(/[\p{L}\p{N}][\p{L}\p{N}'’.-]*/gu) ?? [];
  if (words.length === 0) return /^[-_=*|. ]+$/.test(line);
  if (words.length > maxWords || /[\d:=\\]/.test(line)) return false;
  if (title.test(line) && !words.some(isProduct)) return true;
  if (words.some(isItWord)) return false;
  if (isFirst && words.length <= 2 && /^[- ]*\p{Ll}[\p{L}'’. -]{1,24}$/u.test(line))
    return words.length === 1;
  return words.every((word) => /^\p{Lu}/u.test(word) || connectives.has(word.toLowerCase()));
}

const maxLength = 90;
const maxWords = 8;

const afterthought = /^(?:ps|p\.s|nb|n\.b|edit|edition|update|error|erreur|note)(?:[ .:]|$)/i;

const contact =
  /(?:^| )(?:t|tél|tel|téléphone|telephone|phone|m|mob|mobile|port|portable|gsm|fax|direct|standard|ext|poste|ligne directe|office|e-?mail|mail|courriel|web|site)\.? ?[:.]? ?(?:\(?\+?\d(?:[ .()/-]{0,3}\d){5,14}|\[PHONE_\d+\]|\S+@\S+|\[EMAIL_\d+\]|www\.\S+|https?:\/\/[^\s/]+\/?(?!\S))|^(?:poste|ext|extension)\.? ?:? ?\d{2,6}$|^\(?\+?\d[\d .()/-]{6,24}$|^(?:\[(?:PHONE|EMAIL)_\d+\]|\S+@\S+\.\S+|www\.\S+|https?:\/\/[^\s/]+\/?(?!\S))(?: ?[|,/-] ?\S+){0,3}$|(?:\+?\d[\d .()-]{8,20}|\[PHONE_\d+\]) ?[|/,-] ?(?:\S+@\S+|\[EMAIL_\d+\]|www\.\S+)/iu;

const street =
  /(?:^|,? )\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|av\.|boulevard|bd|place|allée|chemin|route|impasse|quai|cours|\p{L}{2,20} (?:street|st|road|rd|avenue|ave|lane|way|drive|square|place))(?!\p{L})|cedex/iu;

const town = /(?:^| )(?:F-)?\d{5} \p{Lu}[\p{L}-]{2,24}/u;

const company = /(?<!\p{L})(?:ltd|limited|llc|inc|plc|gmbh|s\.?a\.?s|sarl|s\.a|corp)\.?(?!\p{L})/iu;

const title =
  /(?<!\p{L})(?:manager|director|head of|officer|engineer|consultant|analyst|accountant|assistante?|secretary|secrétaire|coordinator|supervisor|foreman|dept|department|team lead|responsable|directeur|directrice|direction|chef|cheffe|ingénieure?|comptable|chargée?|technicienne?|gestionnaire|service|pôle|ressources humaines|président|adjointe?|stagiaire|infirmi\p{L}+|docteur|dr|nurse|midwife|pharmacist|teacher|professor|professeure?)(?!\p{L})/iu;

/** Words that make a sentence of a line. */
const sentenceWord =
  /(?<!\p{L})(?:is|are|was|were|isn['’]t|not|no|can|can['’]t|cannot|could|won['’]t|does|doesn['’]t|do|did|has|have|my|i|i['’]m|we|you|it|it['’]s|this|that|when|since|if|because|please|est|sont|était|pas|plus|ne|n['’]\p{L}+|je|j['’]\p{L}+|il|on|nous|vous|mon|ma|mes|votre|ce|cet|cette|que|qui|quand|depuis|si|car|faut|peut|peux|impossible|besoin|marche|fonctionne|erreur|error|bloquée?|svp|urgent|works?|working|broken|crash\p{L}*|failed|fails|slow|lent|lente|planté?|hs|ko|panne|indisponible|inaccessible|down|offline|hors|perdue?|lost|stuck|dead|refusée?|manquante?|missing|needs?|demande|request)(?!\p{L})/iu;

const connectives = new Set([
  "de",
  "du",
  "des",
  "of",
  "the",
  "and",
  "et",
  "la",
  "le",
  "les",
  "van",
  "von",
  "di",
  "da",
  "del",
  "el",
  "for",
  "à",
  "d",
]);
