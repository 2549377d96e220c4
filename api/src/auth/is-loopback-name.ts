/**
 * True for a host that is this machine and no other: localhost, 127.0.0.0/8, ::1. A name that somebody else's DNS answers is none,
 * whatever address it has: a page under such a name could otherwise send a visitor's browser to a server on loopback.
 */
export function isLoopbackName(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);
}
