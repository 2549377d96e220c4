import { z } from "@hono/zod-openapi";
import { type ProblemCode, problemCodes } from "../problem.ts";

const codes = Object.keys(problemCodes) as [ProblemCode, ...ProblemCode[]];

/** The body of every error (RFC 9457, application/problem+json). */
export const problemSchema = z
  .object({
    type: z.string().openapi({ description: "The code as a URI." }),
    title: z.string().openapi({ description: "The same for every problem of this code." }),
    status: z.int(),
    detail: z.string().openapi({ description: "What happened in this request, and what to do next." }),
    code: z.enum(codes).openapi({ description: "Stable: branch on this." }),
    request_id: z.string().openapi({ description: "Quote it when you ask; the log has it too." }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "The single faults of a body or a query." }),
  })
  .openapi("Problem");
