import { createRoute, z } from "@hono/zod-openapi";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import type { App } from "../http/app-env.ts";
import { nextCursorSchema, pageQuerySchema } from "../http/page-query.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";

const cycleSchema = z
  .object({
    id: z.uuid(),
    data_set: z.string(),
    trigger: z
      .string()
      .openapi({ description: "drift or performance_alarm; asked or first where a person wanted it." }),
    serving_hash: z.string().openapi({ description: "Of the bundle that served when it began." }),
    drift_report_id: z.string().nullable(),
    stage: z
      .string()
      .openapi({ description: "What is done next: train, gate, publish, confirm, watch; or ended." }),
    attempts: z.int().openapi({ description: "How often this stage was begun and did not come to an end." }),
    outcome: z
      .string()
      .nullable()
      .openapi({ description: "promoted, refused, rolled_back or abandoned; null while it is under way." }),
    model_version: z.string().nullable().openapi({ description: "The candidate's, once it is trained." }),
    bundle_hash: z.string().nullable(),
    commit: z.string().nullable().openapi({ description: "That published it." }),
    served_since: z.string().nullable(),
    started_at: z.string(),
    updated_at: z.string(),
    ended_at: z.string().nullable(),
  })
  .openapi("TrainingCycle");

const responseSchema = z
  .object({ cycles: z.array(cycleSchema), next_cursor: nextCursorSchema })
  .openapi("TrainingCycles");

const example = {
  cycles: [
    {
      id: "019ab901-9a3e-7b36-9d0a-3c5e1f7a2b44",
      data_set: "current",
      trigger: "drift",
      serving_hash: "4be2e2b4c7f3f54a6c1f1d6b7b2c1f0a9d6a3fd1f2b5b0f7a1c9b3d8e2f4a6c8",
      drift_report_id: "019ab901-5c1e-7b36-9d0a-3c5e1f7a2b44",
      stage: "watch",
      attempts: 0,
      outcome: null,
      model_version: "2026.11.24-80be12",
      bundle_hash: "80be12a4c7f3f54a6c1f1d6b7b2c1f0a9d6a3fd1f2b5b0f7a1c9b3d8e2f4a6c8",
      commit: "9f2c4e6a8b0d1f3a5c7e9b1d3f5a7c9e1b3d5f7a",
      served_since: "2026-11-24T08:12:00.000Z",
      started_at: "2026-11-24T06:00:42.000Z",
      updated_at: "2026-11-24T08:12:10.000Z",
      ended_at: null,
    },
  ],
  next_cursor: null,
};

const allowed = allow("monitor");

const route = createRoute({
  method: "get",
  path: "/monitoring/cycles",
  operationId: "listCycles",
  tags: ["Monitoring"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "List the trainings: what wanted each, how far it is, and how it ended",
  description: "Why a stage ended as it did stands in /monitoring/decisions, under the training's id.",
  request: { query: pageQuerySchema },
  responses: {
    200: {
      description: "Trainings, newest first",
      content: { "application/json": { schema: responseSchema, example } },
    },
    ...problemResponses("invalid_request", ...workProblems, ...keyProblems),
  },
});

type ListCyclesDeps = Pick<AppDeps, "monitoring" | "slots" | "limits">;

/** GET /monitoring/cycles */
export function addListCycles(app: App, { monitoring, slots, limits }: ListCyclesDeps): void {
  app.openapi(route, async (c) => {
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const { items, nextCursor } = await work.race(monitoring.listCycles(c.req.valid("query")));
      const cycles = items.map((item) => ({
        id: item.id,
        data_set: item.dataSet,
        trigger: item.trigger,
        serving_hash: item.servingHash,
        drift_report_id: item.driftReportId,
        stage: item.stage,
        attempts: item.attempts,
        outcome: item.outcome,
        model_version: item.modelVersion,
        bundle_hash: item.bundleHash,
        commit: item.commit,
        served_since: item.servedSince,
        started_at: item.startedAt,
        updated_at: item.updatedAt,
        ended_at: item.endedAt,
      }));
      return c.json(responseSchema.parse({ cycles, next_cursor: nextCursor }), 200);
    } finally {
      work.end();
    }
  });
}
