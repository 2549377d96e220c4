/** The text with every secret replaced, also one that was encoded for an address or for basic authentication; and any user:password in an address. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    btoa(`x-access-token:${secret}`),
  ]);
  const hidden = forms.reduce((rest, form) => rest.replaceAll(form, "***"), text);
  return hidden.replace(/(https?:\/\/)[^/@\s']+@/gi, "$1***@");
}
