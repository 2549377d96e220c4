import { z } from "@hono/zod-openapi";

/** Which part of a list, newest first. */
export const pageQuerySchema = z.strictObject({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(20)
    .openapi({ type: "integer", minimum: 1, maximum: 100, default: 20 }),
  cursor: z.uuid().optional().openapi({ description: "next_cursor of the page before." }),
});

export const nextCursorSchema = z.string().nullable().openapi({ description: "Null on the last page." });
