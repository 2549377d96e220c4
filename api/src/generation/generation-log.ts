/** Where generation says what went wrong; a pino logger fits. Fields hold numbers and names: no key, no prompt, no answer. */
export type GenerationLog = {
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
};
