import { createRoute, z } from "@hono/zod-openapi";
import type { Rate } from "@support-it-agent/shared/wilson-interval";
import type { AppDeps } from "../app-deps.ts";
import { allow, keyProblems } from "../auth/allow.ts";
import { probabilitySchema } from "../http/answer-schema.ts";
import type { App } from "../http/app-env.ts";
import { problemResponses, workProblems } from "../http/problem-responses.ts";
import { startWork } from "../http/start-work.ts";
import type { LabelledPerformance, ModelPerformance } from "../monitoring/measure-performance.ts";

const days = (min: number, max: number, fallback: number) =>
  z.coerce
    .number()
    .int()
    .min(min)
    .max(max)
    .default(fallback)
    .openapi({ type: "integer", minimum: min, maximum: max, default: fallback });

const querySchema = z.strictObject({
  window_days: days(1, 3_650, 30).openapi({ description: "How far back predictions are looked at." }),
  label_lag_days: days(0, 365, 3).openapi({
    description: "Predictions that are newer are left out: their labels are still to come.",
  }),
});

const rateSchema = z
  .object({
    value: probabilitySchema.nullable().openapi({ description: "Null where there are no cases." }),
    low: probabilitySchema,
    high: probabilitySchema,
    hits: z.int(),
    of: z.int(),
  })
  .openapi("Rate", { description: "A share with its counts and the Wilson interval of 95 %." });

const labelledSchema = z
  .object({
    accuracy: rateSchema,
    queues: z.array(z.object({ queue: z.string(), precision: rateSchema, recall: rateSchema })),
  })
  .openapi("LabelledPerformance");

const modelPerformanceSchema = z
  .object({
    model_version: z.string(),
    predictions: z.int(),
    override_rate: rateSchema.openapi({ description: "Predictions whose queue an agent corrected." }),
    hand_off_rate: rateSchema.openapi({ description: "Questions that went to a person." }),
    blind: labelledSchema.openapi({
      description: "By labels that were given without seeing the prediction: a fair sample.",
    }),
    feedback: labelledSchema.openapi({
      description: "By corrections: people correct what is wrong, so that the model is better than this.",
    }),
  })
  .openapi("ModelPerformance");

const responseSchema = z
  .object({ window_days: z.int(), label_lag_days: z.int(), models: z.array(modelPerformanceSchema) })
  .openapi("Performance");

const rate = (hits: number, of: number, low: number, high: number) => ({
  value: hits / of,
  low,
  high,
  hits,
  of,
});

const labelled = {
  accuracy: rate(90, 100, 0.826, 0.945),
  queues: [
    {
      queue: "Network / Infrastructure",
      precision: rate(45, 50, 0.786, 0.957),
      recall: rate(45, 48, 0.832, 0.979),
    },
  ],
};

const example = {
  window_days: 30,
  label_lag_days: 3,
  models: [
    {
      model_version: "2026.11.22-1f3a9c",
      predictions: 2_000,
      override_rate: rate(100, 2_000, 0.041, 0.06),
      hand_off_rate: rate(500, 2_000, 0.232, 0.269),
      blind: labelled,
      feedback: labelled,
    },
  ],
};

const allowed = allow("monitor");

const route = createRoute({
  method: "get",
  path: "/monitoring/performance",
  operationId: "measurePerformance",
  tags: ["Monitoring"],
  security: allowed.security,
  middleware: [allowed.authorize] as const,
  summary: "Measure live precision and recall per queue, overrides and hand-offs, by model version",
  request: { query: querySchema },
  responses: {
    200: {
      description: "One entry for each model that predicted in the window, the latest first",
      content: { "application/json": { schema: responseSchema, example } },
    },
    ...problemResponses("invalid_request", ...workProblems, ...keyProblems),
  },
});

type PerformanceDeps = Pick<AppDeps, "monitoring" | "slots" | "limits">;

/** GET /monitoring/performance */
export function addPerformance(app: App, { monitoring, slots, limits }: PerformanceDeps): void {
  app.openapi(route, async (c) => {
    const { window_days: windowDays, label_lag_days: labelLagDays } = c.req.valid("query");
    const work = await startWork(slots, c.req.raw.signal, limits.requestDeadlineMs);
    try {
      const models = await work.race(monitoring.measurePerformance({ windowDays, labelLagDays }));
      const body = { window_days: windowDays, label_lag_days: labelLagDays, models: models.map(toBody) };
      return c.json(responseSchema.parse(body), 200);
    } finally {
      work.end();
    }
  });
}

function toBody(model: ModelPerformance): z.input<typeof modelPerformanceSchema> {
  return {
    model_version: model.modelVersion,
    predictions: model.predictions,
    override_rate: round(model.overrideRate),
    hand_off_rate: round(model.handOffRate),
    blind: toLabelledBody(model.blind),
    feedback: toLabelledBody(model.feedback),
  };
}

function toLabelledBody({ accuracy, queues }: LabelledPerformance): z.input<typeof labelledSchema> {
  return {
    accuracy: round(accuracy),
    queues: queues.map(({ queue, precision, recall }) => ({
      queue,
      precision: round(precision),
      recall: round(recall),
    })),
  };
}

/** Four digits are more than live labels can mean. */
function round({ value, low, high, ...counts }: Rate): z.input<typeof rateSchema> {
  const four = (share: number) => Math.round(share * 10_000) / 10_000;
  return { value: value === null ? null : four(value), low: four(low), high: four(high), ...counts };
}
