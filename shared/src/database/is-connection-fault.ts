import { DrizzleQueryError } from "drizzle-orm/errors";

/** Error codes of the operating system, of Node's sockets and of its fetch that mean "no connection". */
const socketCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "ENETDOWN",
  "EHOSTUNREACH",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/**
 * SQLSTATEs by which PostgreSQL itself says that it cannot serve now (its manual, appendix A): 08 connection exception, 28
 * no session for these credentials, 3D no such database, 53 out of disk, memory or connections, 57P shutdown, start-up
 * and idle time-outs, 58 system error, and 25006, a write that met a standby in the middle of a fail-over.
 */
const isUnavailableSqlState = (code: string) => /^(08|28|3D|53|57P|58)...?$/.test(code) || code === "25006";

/** What drivers and proxies say in words alone, where they give no code of their own. */
const messages =
  /connection (terminated|ended|closed)|terminating connection|timeout (exceeded )?when trying to connect|fetch failed|error connecting to database|connection error|not queryable|socket hang up|network error|websocket|server error \(HTTP status (429|5\d\d)\)|PGlite is closed|statement timeout/i;

/** Errors nest: drizzle wraps the driver's error, the driver the socket's, a WebSocket's event its own. */
const maxDepth = 8;

/**
 * True where `error`, or what caused it, is a lost, refused or overloaded connection and not a fault of the query. Takes
 * anything that can be thrown: over a WebSocket that is an event and no Error.
 */
export function isConnectionFault(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > maxDepth) return false;
  // Its message quotes statement and parameters, somebody's question among them: only its cause is evidence.
  if (error instanceof DrizzleQueryError) return isConnectionFault(error.cause, depth + 1);
  const { code, message, cause, sourceError, error: inner, errors, type } = error as Record<string, unknown>;
  // Only a WebSocket throws its event instead of an error, and only for its connection.
  if (type === "error" && !(error instanceof Error)) return true;
  if (typeof code === "string" && (socketCodes.has(code) || isUnavailableSqlState(code))) return true;
  // A statement that PostgreSQL judged has a SQLSTATE; its words may quote anything, and are no evidence then.
  const isJudged = typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && code !== "57014";
  if (!isJudged && typeof message === "string" && messages.test(message)) return true;
  const causes = [cause, sourceError, inner, ...(Array.isArray(errors) ? errors : [])];
  return causes.some((nested) => isConnectionFault(nested, depth + 1));
}
