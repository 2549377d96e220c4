import { z } from "@hono/zod-openapi";

/** The id in a path. One that is no UUID is an invalid_id; one that nothing has is a not_found of its kind. */
export const idParamSchema = z.object({
  id: z
    .uuid()
    .openapi({ param: { name: "id", in: "path" }, example: "019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44" }),
});
