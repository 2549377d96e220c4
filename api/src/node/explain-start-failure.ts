/** Errors whose message was written for the person who starts the program. */
const forPeople = new Set([
  "ConfigError",
  "PortError",
  "BundleError",
  "DataDirectoryLockedError",
  "EmbedderError",
  "NoKeyError",
]);

/** What a person reads when the program does not start: the message where it was written for them, else the whole error. */
export function explainStartFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return forPeople.has(error.name) ? error.message : (error.stack ?? error.message);
}
