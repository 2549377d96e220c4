import { z } from "@hono/zod-openapi";

/** The prediction that the examples of the interface speak of. */
export const examplePredictionId = "019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44";

/** What a route answers that keeps what somebody said of a prediction: the body's schema under this name, and both responses. */
export function storedResponse(name: string) {
  const schema = z
    .object({
      prediction_id: z.uuid(),
      status: z.enum(["created", "duplicate"]).openapi({ description: "The same said twice is one." }),
    })
    .openapi(name);
  const stored = (description: string, status: "created" | "duplicate") => ({
    description,
    content: { "application/json": { schema, example: { prediction_id: examplePredictionId, status } } },
  });
  return {
    schema,
    responses: {
      200: stored("The same was said before; nothing was added", "duplicate"),
      201: stored("Stored", "created"),
    },
  };
}
