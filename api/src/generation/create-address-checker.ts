/** Extensions of files that people name in IT support, without those that are top-level domains, too (.zip, .app, .sh, .md). */
const fileExtensions =
  "asp bak bat bin cab cer cfg chm class conf config cpp crt css csv dat db dll dmg doc docm docx dotx eml env exe gif gz htm html ico inf ini iso jar java jpeg jpg js json jsx key kext lnk lock log msg msi msix msu nfs ost ovf ovpn pcap pdf pem pfx php plist pkg png ppt pptx properties pst ps rar rdp reg rpm rtf service sql svg sys tar tgz tmp ts tsx txt vbs vhd vhdx vmdk vsix war wav xls xlsm xlsx xml yaml yml";
const host = "(?:[a-z0-9-]{1,63}\\.){1,20}";
const topLevelDomain = `(?!(?:${fileExtensions.replaceAll(" ", "|")})(?![a-z0-9-]))[a-z]{2,24}`;
const starts = [
  "(?:https?|ftp):\\/\\/",
  "www\\.",
  `(?<![\\p{L}\\p{N}_:/\\\\])\\/\\/(?=${host}${topLevelDomain}(?![a-z0-9-]))`,
  // What stands behind one of these is part of a path, of an e-mail address or of a name.
  `(?<![\\p{L}\\p{N}_./\\\\@~%-])${host}${topLevelDomain}(?=(?::\\d{1,5})?\\/)`,
];

/**
 * A web address: with its scheme or www., or a host with a path ("example.com/reset"). A folder's name with a full stop
 * ("/Users/jean.dupont/Library") and a file ("resolv.conf/hosts") are none. A regular expression's source, without groups; to be used with the flags "iu".
 */
export const addressPattern = `(?:${starts.join("|")})[^\\s<>"\`«»“”|\\[\\]【】—–]+`;

export type AddressChecker = {
  readonly isKnown: (address: string) => boolean;
  /** A match of addressPattern as it may stand in an answer: itself, or "…" and the punctuation behind it. */
  readonly check: (match: string) => string;
  /** A text with all its addresses checked. */
  readonly checkAll: (text: string) => string;
};

/** Knows the addresses that stand in the texts; an answer may name them and no others. */
export function createAddressChecker(texts: readonly string[]): AddressChecker {
  const known = new Set(texts.flatMap(findAddresses));
  const isKnown = (address: string) => known.has(addressKey(address));
  const check = (match: string): string => {
    const address = trimAddress(match);
    return isKnown(address) ? match : droppedAddress + match.slice(address.length);
  };
  return { isKnown, check, checkAll: (text) => text.replace(addresses, check) };
}

const addresses = new RegExp(addressPattern, "giu");

/** What stands where an invented address stood: the reader sees that something is missing. */
const droppedAddress = "…";

function findAddresses(text: string): string[] {
  return [...text.matchAll(addresses)].flatMap(([match]) => {
    const key = addressKey(trimAddress(match));
    return [key, key.replace(/^https?:\/\//u, "")];
  });
}

/** Without the punctuation of the sentence around it; a closing bracket goes where the address opened none. */
function trimAddress(match: string): string {
  let address = match.replace(punctuation, "");
  while (address.endsWith(")") && !address.includes("("))
    address = address.slice(0, -1).replace(punctuation, "");
  return address;
}

const punctuation = /[.,;:!?…'’*_\\]+$/u;

/** An address as it is compared: scheme and host in lower case, no slash at the end, without the "//" of one that has no scheme. */
function addressKey(address: string): string {
  const [, head = "", tail = ""] =
    /^((?:[a-z]+:\/\/)?[^/?#]*)(.*)$/iu.exec(address.trim().replace(/^\/\//u, "")) ?? [];
  return head.toLowerCase() + tail.replace(/\/$/u, "");
}
