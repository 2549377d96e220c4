/** Error codes of the operating system and of Node's sockets that mean "no connection". */
const socketCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/**
 * SQLSTATE classes and codes by which PostgreSQL itself says that it is away: 08 connection exception, 57P01..57P05
 * shutdown and idle time-outs, 53300 too many connections (PostgreSQL manual, appendix A).
 */
const isUnavailableSqlState = (code: string) =>
  /^08...$/.test(code) || /^57P0[1-5]$/.test(code) || code === "53300";

/** What drivers say in words alone, where they give no code. */
const messages =
  /connection (terminated|ended|closed)|terminating connection|timeout (exceeded )?when trying to connect|fetch failed|error connecting to database|client has encountered a connection error|not queryable|socket hang up|PGlite is closed|database deadline/i;

/** True where `error`, or what caused it, is a lost or refused connection and not a fault of the query. */
export function isConnectionFault(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth += 1) {
    const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
    if (socketCodes.has(code) || isUnavailableSqlState(code) || messages.test(cause.message)) return true;
    if (cause instanceof AggregateError && cause.errors.some(isConnectionFault)) return true;
    if ("sourceError" in cause && isConnectionFault(cause.sourceError)) return true;
  }
  return false;
}
