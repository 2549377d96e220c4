/**
 * SHA-256 of a key, in hex. A key is 256 random bits, so that a slow hash or a salt would add nothing: there is no dictionary of
 * keys to try.
 */
export async function hashKey(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
