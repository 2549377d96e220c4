import { createRoute, z } from "@hono/zod-openapi";
import { urgencies, urgencySchema } from "@support-it-agent/shared/labels";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { problemResponses } from "../http/problem-responses.ts";

const modelSchema = z
  .object({
    version: z.string(),
    bundle_hash: z.string(),
    queues: z.array(z.string()),
    urgencies: z.array(urgencySchema),
    embedder: z.string(),
    feature_hash: z.string(),
    metrics: z.record(z.string(), z.number()).openapi({ description: "As measured before it was shipped." }),
    lineage: z
      .record(z.string(), z.unknown())
      .openapi({ description: "The data, parameters, seed and libraries that it came out of." }),
  })
  .openapi("Model");

/** What GET /model says of the bundle that serves. */
export type ModelDescription = z.input<typeof modelSchema>;

const example = {
  version: "2026.11.22-1f3a9c",
  bundle_hash: "4be2e2b4c7f3f54a6c1f1d6b7b2c1f0a9d6a3fd1f2b5b0f7a1c9b3d8e2f4a6c8",
  queues: ["Network / Infrastructure", "Hardware / Device"],
  urgencies: [...urgencies],
  embedder: "all-MiniLM-L6-v2 fp32",
  feature_hash: "9c1d2e7f80a4b6c3d5e1f2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7",
  metrics: { queue_macro_f1: 0.84, urgency_macro_f1: 0.71 },
  lineage: { data_md5: "5d41402abc4b2a76b9719d911017c592", seed: 7 },
};

const allowed = allow();

const route = createRoute({
  method: "get",
  path: "/model",
  operationId: "describeModel",
  tags: ["Operations"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "Describe the model bundle that serves, and where it came from",
  responses: {
    200: {
      description: "The bundle and its lineage",
      content: { "application/json": { schema: modelSchema, example } },
    },
    ...problemResponses(...keyProblems),
  },
});

/** GET /model */
export function addModel(app: App, { model }: Pick<AppDeps, "model">): void {
  app.openapi(route, (c) => c.json(modelSchema.parse(model()), 200));
}
