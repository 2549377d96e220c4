import { createRoute, z } from "@hono/zod-openapi";
import { requiredSchemaVersion } from "@support-it-agent/shared/database/schema-version";
import type { AppDeps } from "../app-deps.ts";
import type { App } from "../http/app-env.ts";

const versionSchema = z
  .object({
    version: z.string().openapi({ description: "Of this program." }),
    model_version: z.string(),
    bundle_hash: z.string(),
    schema_version: z.int().openapi({ description: "The newest migration that it needs, in ms since 1970." }),
  })
  .openapi("Version");

const example = {
  version: "0.1.0",
  model_version: "2026.11.22-1f3a9c",
  bundle_hash: "4be2e2b4c7f3f54a6c1f1d6b7b2c1f0a9d6a3fd1f2b5b0f7a1c9b3d8e2f4a6c8",
  schema_version: 1795370000000,
};

const route = createRoute({
  method: "get",
  path: "/version",
  operationId: "version",
  tags: ["Operations"],
  summary: "Name the versions of program, model and schema",
  responses: {
    200: {
      description: "The versions",
      content: { "application/json": { schema: versionSchema, example } },
    },
  },
});

/** GET /version: a rollout compares bundle_hash with what it shipped. */
export function addVersion(app: App, { model, version }: Pick<AppDeps, "model" | "version">): void {
  app.openapi(route, (c) => {
    const serving = model();
    const body = {
      version,
      model_version: serving.version,
      bundle_hash: serving.bundle_hash,
      schema_version: requiredSchemaVersion,
    };
    return c.json(versionSchema.parse(body), 200);
  });
}
