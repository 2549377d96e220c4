import type { Span } from "./span.ts";

/** Passwords of URLs (scheme://user:password@host, user and password together) and of command lines (curl -u, net use, mysql -p). */
export function findCommandPasswords(text: string): Span[] {
  return [...findUrlCredentials(text), ...commands.flatMap((command) => findArgument(text, command))];
}

function findUrlCredentials(text: string): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(urlCredentials)) {
    const [start, end] = match.indices?.[1] ?? [match.index, match.index];
    // "host:8080/path@x" is a port.
    if (!/^[^:]*:\d{1,5}\//.test(text.slice(start, end))) spans.push({ start, end, type: "PASSWORD" });
  }
  return spans;
}

/** Up to the last "@" before a slash, or else, since a password may have a slash, up to the first. */
const urlCredentials =
  /:\/\/([^\s/@:?#[\]]{0,64}:(?:[^\s/?#[\]]{1,128}(?=@)|[^\s@?#[\]"'<>]{1,128}(?=@[\p{L}\p{N}])))/dgu;

const commands: readonly RegExp[] = [
  /(?<!\S)(?:-u|--user|--proxy-user)[ =]["']?[^\s:"'[\]]{1,64}:(?<value>(?!\d+(?!\S))[^\s"'[\]]{2,128})/dg,
  /\/user:[^\s[\]]{1,64} (?<value>[^\s/*\\"'[\]][^\s"'[\]]{2,128})/dgi,
  /(?<!\S)net user [^\s/[\]]{1,64} (?<value>[^\s/*"'[\]][^\s"'[\]]{2,128})(?= \/|\s*(?:\n|$))/dgi,
  /(?<!\S)(?:mysql|mysqldump|mariadb)(?= )[^\n]{0,120}? -p["']?(?<value>[^\s"'[\]-][^\s"'[\]]{2,128})/dg,
  /(?<!\S)sshpass -p ?["']?(?<value>[^\s"'[\]]{3,128})/dg,
];

function findArgument(text: string, command: RegExp): Span[] {
  return Array.from(text.matchAll(command), (match): Span => {
    const [start, end] = match.indices?.groups?.value ?? [match.index, match.index];
    return { start, end, type: "PASSWORD" };
  });
}
