import { foldText } from "../fold-text.ts";
import { itGlossary } from "../it-glossary.ts";

/** Whether a word is of the IT glossary or a product: people have none in their names. */
export function isItWord(word: string): boolean {
  return itWords.has(foldText(word));
}

/** Whether a word is a product or a thing of IT that no title names. */
export function isProduct(word: string): boolean {
  return products.has(foldText(word));
}

const products: ReadonlySet<string> = new Set(
  "vpn wifi outlook teams excel word windows office onedrive sharepoint sap sage citrix chrome edge firefox zoom adobe acrobat pc mac ipad iphone android laptop printer usb hdmi wan lan dns dhcp bitlocker mfa otp url intranet extranet server proxy firewall login mail email app apps driver bios".split(
    " ",
  ),
);

const itWords: ReadonlySet<string> = new Set([
  ...itGlossary
    .flatMap((entry) => [...entry.fr, ...entry.en])
    .flatMap((term) => foldText(term).split(/[^a-z]+/))
    .filter((word) => word.length > 2),
  ...products,
]);
