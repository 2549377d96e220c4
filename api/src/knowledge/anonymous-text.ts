/**
 * Redacted text as another requester may read it: a placeholder loses its number, or an answer that quotes it would be
 * given the value that the asker's own placeholder stands for.
 */
export function anonymousText(redacted: string): string {
  return redacted.replace(numberedPlaceholder, "[$1]");
}

export const numberedPlaceholder = /\[(EMAIL|PHONE|CARD|IBAN|IP|MAC|KEY|PASSWORD)_\d{1,6}\]/g;
