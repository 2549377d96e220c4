import type { z } from "zod";
import { Problem, type ProblemCode } from "../problem.ts";

type Issue = z.core.$ZodIssue;

/**
 * The problem that a schema's issues amount to: the one that all of them share (a text too long, an empty text), else
 * invalid_request. A schema names a code of its own by `params: { code }` of a refinement.
 */
export function problemOfIssues(issues: readonly Issue[], target: string): Problem {
  const errors = issues.flatMap(flatten).map((issue) => ({
    path: issue.path.map(String).join(".") || target,
    message: issue.message,
  }));
  const codes = new Set(issues.map((issue) => codeOf(issue, target)));
  const [only = "invalid_request"] = codes;
  const code = codes.size === 1 ? only : "invalid_request";
  const said = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new Problem(code, `${said.slice(0, 1_000)}. See /docs for what this route takes.`, {
    errors: errors.slice(0, 50),
  });
}

function codeOf(issue: Issue, target: string): ProblemCode {
  if (issue.code === "custom" && isProblemCode(issue.params?.code)) return issue.params.code;
  if (target === "param") return "invalid_id";
  if (issue.code === "too_big" && issue.origin === "array") return "too_many_items";
  return "invalid_request";
}

const schemaCodes = [
  "empty_text",
  "text_too_long",
  "too_many_items",
] as const satisfies readonly ProblemCode[];

function isProblemCode(code: unknown): code is (typeof schemaCodes)[number] {
  return schemaCodes.some((known) => known === code);
}

/** Of a union, the branch that came closest says more than "invalid input". */
function flatten(issue: Issue): Issue[] {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return [issue];
  const [closest = []] = [...issue.errors].sort((a, b) => a.length - b.length);
  return closest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue);
}
