import type { Database } from "@support-it-agent/shared/database/database";
import { type Rate, wilsonInterval } from "@support-it-agent/shared/wilson-interval";
import { sql } from "drizzle-orm";
import { z } from "zod";

export type PerformanceWindow = {
  /** Predictions of so many days are looked at ... */
  readonly windowDays: number;
  /** ... but for the newest, of this many: their labels are still to come, and what comes first is not a fair sample. */
  readonly labelLagDays: number;
};

export type QueuePerformance = {
  readonly queue: string;
  /** Of what was predicted to be of this queue, how much was. */
  readonly precision: Rate;
  /** Of what was of this queue, how much was predicted so. */
  readonly recall: Rate;
};

export type LabelledPerformance = {
  readonly accuracy: Rate;
  /** By name; every queue that was predicted or labelled. */
  readonly queues: readonly QueuePerformance[];
};

export type ModelPerformance = {
  readonly modelVersion: string;
  readonly predictions: number;
  /** Predictions whose queue an agent corrected. */
  readonly overrideRate: Rate;
  /** Questions that went to a person. */
  readonly handOffRate: Rate;
  /** By labels of the blind slice: a fair sample. */
  readonly blind: LabelledPerformance;
  /** By corrections: people correct what they see is wrong, so that this looks worse than the model is. */
  readonly feedback: LabelledPerformance;
};

const countSchema = z.number().int();

const measuredSchema = z.object({
  models: z.array(
    z.object({
      modelVersion: z.string(),
      predictions: countSchema,
      asked: countSchema,
      handedOff: countSchema,
      overridden: countSchema,
    }),
  ),
  pairs: z.array(
    z.object({
      modelVersion: z.string(),
      source: z.enum(["feedback", "blind"]),
      predicted: z.string(),
      labelled: z.string(),
      count: countSchema,
    }),
  ),
});

type Pair = z.infer<typeof measuredSchema>["pairs"][number];

/**
 * How well each model version did on live traffic, by trusted labels alone; the version that predicted last comes first. Every share
 * carries its counts and a 95 % interval. Throws DatabaseUnavailableError.
 */
export function measurePerformance(
  database: Database,
): (window: PerformanceWindow) => Promise<ModelPerformance[]> {
  return async (window) => {
    const [row] = await database.rows(select(window), { isRead: true, deadlineMs: 20_000 });
    const { models, pairs } = measuredSchema.parse(row?.measured);
    return models.map(({ modelVersion, predictions, asked, handedOff, overridden }) => {
      const own = pairs.filter((pair) => pair.modelVersion === modelVersion);
      return {
        modelVersion,
        predictions,
        overrideRate: wilsonInterval(overridden, predictions),
        handOffRate: wilsonInterval(handedOff, asked),
        blind: judge(own.filter(({ source }) => source === "blind")),
        feedback: judge(own.filter(({ source }) => source === "feedback")),
      };
    });
  };
}

function select({ windowDays, labelLagDays }: PerformanceWindow) {
  const since = sql`now() - make_interval(days => ${windowDays}::int)`;
  const until = sql`now() - make_interval(days => ${labelLagDays}::int)`;
  return sql`with label as materialized (
      select prediction_id, source, model_version, predicted_queue, queue from trusted_labels
      where predicted_at >= ${since} and predicted_at < ${until} and queue is not null
    ), overridden as (
      select distinct prediction_id from label where source = 'feedback' and queue <> predicted_queue
    ), model as (
      select p.model_version, count(*) as predictions, count(*) filter (where p.action <> 'classify') as asked,
        count(*) filter (where p.action = 'hand_off') as handed_off, count(o.prediction_id) as overridden,
        max(p.created_at) as last_at
      from prediction_logs p left join overridden o on o.prediction_id = p.id
      where p.created_at >= ${since} and p.created_at < ${until}
      group by p.model_version
    ), pair as (
      select model_version, source, predicted_queue, queue, count(*) as count from label
      group by model_version, source, predicted_queue, queue
    )
    select jsonb_build_object(
      'models', coalesce((select jsonb_agg(jsonb_build_object('modelVersion', model_version, 'predictions', predictions,
        'asked', asked, 'handedOff', handed_off, 'overridden', overridden) order by last_at desc, model_version) from model), '[]'),
      'pairs', coalesce((select jsonb_agg(jsonb_build_object('modelVersion', model_version, 'source', source,
        'predicted', predicted_queue, 'labelled', queue, 'count', count)) from pair), '[]')) as measured`;
}

function judge(pairs: readonly Pair[]): LabelledPerformance {
  const total = (of: (pair: Pair) => boolean) => pairs.filter(of).reduce((sum, { count }) => sum + count, 0);
  const queues = [...new Set(pairs.flatMap(({ predicted, labelled }) => [predicted, labelled]))].sort();
  return {
    accuracy: wilsonInterval(
      total(({ predicted, labelled }) => predicted === labelled),
      total(() => true),
    ),
    queues: queues.map((queue) => {
      const hits = total(({ predicted, labelled }) => predicted === queue && labelled === queue);
      return {
        queue,
        precision: wilsonInterval(
          hits,
          total(({ predicted }) => predicted === queue),
        ),
        recall: wilsonInterval(
          hits,
          total(({ labelled }) => labelled === queue),
        ),
      };
    }),
  };
}
