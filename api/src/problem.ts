import type { ContentfulStatusCode } from "hono/utils/http-status";

/**
 * Everything that can go wrong for a caller: a closed set. Status, title, handlers and the OpenAPI document all come from
 * this table. A code never changes its meaning; clients branch on it.
 */
export const problemCodes = {
  malformed_json: { status: 400, title: "The body is no JSON" },
  invalid_encoding: { status: 400, title: "The body is no UTF-8" },
  invalid_request: { status: 400, title: "The request does not fit the interface" },
  invalid_id: { status: 400, title: "The id in the path is none" },
  empty_text: { status: 400, title: "There is no text" },
  text_too_long: { status: 400, title: "The text is too long" },
  too_many_items: { status: 400, title: "There are too many items in one request" },
  key_required: { status: 401, title: "A key is needed" },
  invalid_key: { status: 401, title: "The key is not valid" },
  insufficient_scope: { status: 403, title: "The key is not for this" },
  cross_site_request: { status: 403, title: "Another website made this browser send the request" },
  route_not_found: { status: 404, title: "There is no such route" },
  prediction_not_found: { status: 404, title: "There is no such prediction" },
  document_not_found: { status: 404, title: "There is no such document" },
  key_not_found: { status: 404, title: "There is no such key" },
  label_not_found: { status: 404, title: "There is no such label" },
  report_not_found: { status: 404, title: "There is no such report" },
  method_not_allowed: { status: 405, title: "The route has no such method" },
  label_not_assigned: { status: 409, title: "The label was not asked of this agent" },
  body_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The body's type is not one that this route reads" },
  unknown_label: { status: 422, title: "There is no such queue" },
  unreadable_document: { status: 422, title: "The document cannot be read" },
  empty_document: { status: 422, title: "The document holds no text" },
  client_gone: { status: 499, title: "The client closed the connection" },
  internal_error: { status: 500, title: "Something went wrong here" },
  overloaded: { status: 503, title: "Too many requests are under way" },
  database_unavailable: { status: 503, title: "The database does not answer" },
  not_ready: { status: 503, title: "This instance is not ready" },
  deadline_exceeded: { status: 504, title: "The answer took too long" },
} as const satisfies Record<string, { status: ContentfulStatusCode | 499; title: string }>;

export type ProblemCode = keyof typeof problemCodes;

/** One fault of a request: where (a JSON path such as "conversation.0.role") and what. */
export type ProblemDetail = { readonly path: string; readonly message: string };

export type ProblemOptions = {
  readonly errors?: readonly ProblemDetail[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
};

/** A failure that the caller may read. `detail` says what happened and what to do next. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: ProblemCode;
  readonly errors: readonly ProblemDetail[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, detail: string, { errors, headers = {}, cause }: ProblemOptions = {}) {
    super(detail, { cause });
    this.code = code;
    this.errors = errors;
    this.headers = headers;
  }

  get status(): number {
    return problemCodes[this.code].status;
  }
}

/** The body of a problem (RFC 9457, section 3), as it leaves in a response or in an `error` event. */
export function problemBody(problem: Problem, requestId: string) {
  const { status, title } = problemCodes[problem.code];
  return {
    type: `urn:support-it-agent:problem:${problem.code}`,
    title,
    status,
    detail: problem.message,
    code: problem.code,
    request_id: requestId,
    ...(problem.errors ? { errors: problem.errors } : {}),
  };
}

/** A problem as application/problem+json, with the request id in the body and in X-Request-Id. */
export function toProblemResponse(problem: Problem, requestId: string): Response {
  return new Response(JSON.stringify(problemBody(problem, requestId)), {
    status: problem.status,
    headers: { "content-type": "application/problem+json", "x-request-id": requestId, ...problem.headers },
  });
}
