/**
 * Whether the four numbers from `start` to `end` are the version of a product: a word for a version stands before with up to two
 * others ("version d'Outlook", "pilote graphique", "section"), or a product's name right before ("Teams 24.4.0.1"), or a name and a
 * slash ("Chrome/122.0.0.0"). Numbers of a private network (RFC 1918, RFC 1122) are addresses.
 */
export function isProductVersion(text: string, start: number, end: number): boolean {
  if (privateAddress.test(text.slice(start, end))) return false;
  const before = text.slice(Math.max(0, start - 60), start);
  const between = versionPhrase.exec(before)?.[1];
  if (between !== undefined) return between.split(" ").every((word) => word === "" || ofProduct.test(word));
  return productBefore.test(before) || nameAndSlash.test(before);
}

const privateAddress = /^(?:10|127|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\./;

const versionPhrase =
  /(?<!\p{L})(?:v|ver|versions?|versi[oó]n|vers[aã]o|versie|build|firmware|bios|release|rev|driver|pilote|microcode|section|chapter|chapitre|paragraphe?|article|clause|§)((?: [\p{L}\d'’.()-]{1,24}){0,3}) ?[.:=n°-]? ?$/iu;

/** Words between "version" and the number that leave it one: names, and what a driver is for. */
const ofProduct =
  /^(?:\p{Lu}[\p{L}\d.-]*|[dl]['’]\p{Lu}[\p{L}\d.-]*|of|de|du|des|la|le|is|est|\d+|graphique|graphics|display|vid[eé]o|audio|r[eé]seau|network|wi-?fi|bluetooth|usb|imprimante|printer|client|driver|application|app)$/u;

/** Products whose versions have four numbers, with an edition or a year between. */
const productBefore =
  /(?<!\p{L})(?:chrome|chromium|firefox|edge|webview2?|safari|opera|brave|teams|outlook|office|word|excel|powerpoint|onedrive|onenote|skype|zoom|webex|slack|acrobat|reader|adobe|photoshop|forticlient|fortios|anyconnect|secure client|globalprotect|pulse secure|openvpn|wireguard|citrix|workspace|receiver|vmware|horizon|esxi|vcenter|virtualbox|java|jre|jdk|python|node|php|dotnet|net framework|sap|sap gui|gui|sage|dynamics|autocad|solidworks|matlab|windows|macos|ios|android|ubuntu|debian|bios|uefi|intel|nvidia|amd|realtek|synaptics|logitech|jabra|kaspersky|symantec|sophos|crowdstrike|sentinelone|defender|bitdefender|eset|mcafee|keepass|putty|winscp|filezilla|notepad\+\+|7-?zip|winrar|teamviewer|anydesk|postgresql|mysql|mariadb|oracle|sql server|power ?bi|tableau|qlik|jira|confluence|client|agent)(?: (?:pro|dc|x64|x86|64 ?bits?|desktop|client|gui|reader|\d{1,4}))? ?[:=(-]? ?$/iu;

const nameAndSlash =
  /(?<![\p{L}\p{N}_:/\\.-])(?!Serve|Imprimante|Printer|Host|Poste)\p{Lu}\p{Ll}[\p{L}\d]{1,24}\/$|(?<![\p{L}\p{N}_:/\\.-])AppleWebKit\/$/u;
