import { closeSync, openSync } from "node:fs";

/**
 * Tells whether the terminal that this process was started in is gone. Its end is sent as SIGHUP, like the wish to reload; a process without one
 * (a service, a container) never loses it.
 */
export function createTerminalCheck(): () => boolean {
  const hadTerminal = hasTerminal();
  return () => hadTerminal && !hasTerminal();
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}
