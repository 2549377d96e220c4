import { describeError } from "../operations/describe-error.ts";
import type { Logger } from "../operations/logger.ts";
import type { Problem } from "../problem.ts";
import { toProblem } from "./to-problem.ts";

/** The problem that an error is for the caller. Faults of ours are logged with their cause, under the request id. */
export function reportProblem(error: unknown, log: Logger, requestId: string): Problem {
  const problem = toProblem(error);
  const fields = { request_id: requestId, code: problem.code };
  if (problem.code === "internal_error") {
    log.error({ ...fields, error: describeError(problem.cause ?? error) }, "request failed");
  } else if (problem.status >= 500) {
    log.warn(
      { ...fields, ...(problem.cause ? { error: describeError(problem.cause) } : {}) },
      "request refused",
    );
  }
  return problem;
}
