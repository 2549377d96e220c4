import { Problem, type ProblemCode, problemBody, problemCodes } from "../problem.ts";
import { problemSchema } from "./problem-schema.ts";

type StatusOf<Code extends ProblemCode> = (typeof problemCodes)[Code]["status"];

type ProblemResponse = {
  description: string;
  content: {
    "application/problem+json": {
      schema: typeof problemSchema;
      examples: Record<string, { summary: string; value: ReturnType<typeof problemBody> }>;
    };
  };
};

/** What any route with a JSON body can answer to a body that is not right. */
export const bodyProblems = [
  "malformed_json",
  "invalid_encoding",
  "invalid_request",
  "cross_site_request",
  "body_too_large",
  "unsupported_media_type",
] as const satisfies readonly ProblemCode[];

/** What any route that runs a model or a query can answer. */
export const workProblems = [
  "internal_error",
  "overloaded",
  "deadline_exceeded",
] as const satisfies readonly ProblemCode[];

/** The OpenAPI responses of the problems that a route can give, grouped by status, one example a code. */
export function problemResponses<const Codes extends readonly ProblemCode[]>(
  ...codes: Codes
): { [Status in StatusOf<Codes[number]>]: ProblemResponse } {
  const responses: Record<number, ProblemResponse> = {};
  for (const code of [...new Set<ProblemCode>(codes)]) {
    const { status, title } = problemCodes[code];
    const known = responses[status];
    const value = problemBody(new Problem(code, `${title}.`), "0f8c2f4e-9d43-4a53-8f5e-2f6a41b7b1cf");
    responses[status] = {
      description: known ? `${known.description}; ${title}` : title,
      content: {
        "application/problem+json": {
          schema: problemSchema,
          examples: {
            ...known?.content["application/problem+json"].examples,
            [code]: { summary: title, value },
          },
        },
      },
    };
  }
  return responses as { [Status in StatusOf<Codes[number]>]: ProblemResponse };
}
