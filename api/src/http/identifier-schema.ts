import { z } from "@hono/zod-openapi";

/**
 * A key or a name that a caller chooses: 1 to `maxLength` characters, something visible among them, and no control characters
 * or broken surrogate pairs, which PostgreSQL does not store.
 */
export const identifierSchema = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine(
      (text) => !/[\p{Cc}\p{Cs}]/u.test(text) && text.trim() !== "",
      "holds control characters, or nothing visible",
    );
