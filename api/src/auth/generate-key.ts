import { hashKey } from "./hash-key.ts";

export type GeneratedKey = {
  /** The whole key, for its holder alone: sia_PREFIX_SECRET. */
  readonly key: string;
  /** Its readable part, sia_ and eight characters: lists and commands name the key by it. */
  readonly prefix: string;
  /** SHA-256 of the whole key, in hex: all that is stored of it. */
  readonly hash: string;
};

/** Letters and digits that nobody takes for one another (RFC 4648, base32). */
const alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/** A new key: a readable prefix, and 32 random bytes in base64url. */
export async function generateKey(): Promise<GeneratedKey> {
  const letters = crypto.getRandomValues(new Uint8Array(8));
  const prefix = `sia_${Array.from(letters, (byte) => alphabet[byte % alphabet.length]).join("")}`;
  const secret = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
  const key = `${prefix}_${secret.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
  return { key, prefix, hash: await hashKey(key) };
}
