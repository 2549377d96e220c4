const maxMessageLength = 500;
const maxCauses = 5;

/**
 * An error and its causes for the log: names, codes, messages and stack frames. Parameters that drivers append to their
 * messages ("\nparams: ...") are left out: they are what people wrote.
 */
export function describeError(error: unknown): Readonly<Record<string, unknown>>[] {
  const described: Record<string, unknown>[] = [];
  for (let cause = error; cause !== undefined && described.length < maxCauses; ) {
    if (!(cause instanceof Error)) {
      described.push({ message: cut(String(cause)) });
      break;
    }
    described.push({
      name: cause.name,
      ...("code" in cause && typeof cause.code === "string" ? { code: cause.code } : {}),
      message: cut(cause.message),
      frames: framesOf(cause),
    });
    cause = cause.cause;
  }
  return described;
}

function cut(message: string): string {
  const parameters = message.indexOf("\nparams:");
  return message.slice(0, parameters < 0 ? maxMessageLength : Math.min(parameters, maxMessageLength));
}

/** Only the frames: the head of a stack repeats the message, parameters included. */
function framesOf(error: Error): string[] {
  const lines = (error.stack ?? "").split("\n").map((line) => line.trim());
  return lines.filter((line) => line.startsWith("at ")).slice(0, 12);
}
