/** A command as one would type it into a shell. */
export function describeCommand(program: string, args: readonly string[]): string {
  return [program, ...args].map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./^~-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
