/**
 * A link as a reader without a browser needs it: its label, and in brackets the web address behind it, where that is one and the label
 * does not say it. Addresses within the page or the folder ("#top", "vpn.md") lead nowhere from an answer and are left out.
 */
export function linkText(label: string, address: string): string {
  if (!/^https?:\/\//iu.test(address) || bare(label).includes(bare(address))) return label;
  return label.trim() === "" ? address : `${label} (${address})`;
}

/** An address as people write it into a text: without its scheme, "www." and the slash at its end. */
const bare = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\/(?:www\.)?/u, "")
    .replace(/\/$/u, "");
