import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import { EmbedderBusyError } from "@support-it-agent/shared/embedder/embedder-busy-error";
import { HTTPException } from "hono/http-exception";
import { DocumentError } from "../knowledge/document-error.ts";
import { Problem } from "../problem.ts";

const retrySoon = { "retry-after": "2" };

/** What a caller is told of any error: known ones by their code, all others as a plain internal_error. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof HTTPException) return ofHttpException(error);
  if (error instanceof EmbedderBusyError) {
    return new Problem("overloaded", "Too many texts wait to be read. Try again in a few seconds.", {
      headers: retrySoon,
      cause: error,
    });
  }
  if (error instanceof DatabaseUnavailableError) {
    return new Problem(
      "database_unavailable",
      "The database does not answer, and this route needs it. Try again in a few seconds.",
      { headers: retrySoon, cause: error },
    );
  }
  if (error instanceof DocumentError) {
    const code = error.code === "document_too_large" ? "body_too_large" : error.code;
    return new Problem(code, error.message, { cause: error });
  }
  return new Problem(
    "internal_error",
    "This is a fault of the server. Try again; if it stays, pass the request id to whoever runs it: the log has the cause.",
    { cause: error },
  );
}

/** The framework's own refusals: JSON that is none, a media type that a route does not declare. */
function ofHttpException(error: HTTPException): Problem {
  if (error.status === 415) {
    return new Problem(
      "unsupported_media_type",
      "Send the body with one of the media types of this route; see /docs.",
    );
  }
  if (error.status === 400) {
    return new Problem(
      "malformed_json",
      "The body cannot be read as JSON. Check quotes, commas and that it is whole.",
    );
  }
  return new Problem("internal_error", "This is a fault of the server.", { cause: error });
}
