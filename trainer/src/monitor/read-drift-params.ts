import { z } from "zod";
import { readParamsBlock } from "../files/read-params-block.ts";

const shareSchema = z.number().gt(0).lt(1);
const countSchema = z.int().positive();
const daysSchema = z.number().positive();

const driftSchema = z.strictObject({
  routes: z.array(z.enum(["ask", "classify"])).min(1),
  windows: z
    .strictObject({ days: daysSchema, max_rows: countSchema, min_rows: countSchema })
    .refine(({ max_rows, min_rows }) => min_rows <= max_rows, { message: "min_rows exceeds max_rows" }),
  near_duplicates: z.strictObject({ cosine: z.number().gt(0).max(1), burst_rows: countSchema }),
  faults: z.strictObject({
    missing_share: shareSchema,
    empty_share: shareSchema,
    language_rise: shareSchema,
    constant_below_share: shareSchema,
    caller_share: shareSchema,
  }),
  reference: z.strictObject({
    clusters: countSchema,
    sample_rows: countSchema,
    ridge: z.number().positive(),
    enough_chunks: countSchema,
    most_chunks: countSchema,
    /** How much topics differ between windows, taken for granted before there is any history: a deviation of logarithms. */
    topic_effect: z.number().nonnegative(),
    /** Windows of live history from which on they are the reference, instead of the labelled rows that were held out. */
    least_windows: countSchema,
    /** A window is history once so many after it were no alarm: a shift is in the windows before its alarm, too. */
    settled_after_windows: z.int().nonnegative(),
  }),
  weights: z.strictObject({ certainty: z.number().nonnegative(), label: z.number().nonnegative() }),
  chart: z.strictObject({
    smoothing: z.number().gt(0).max(1),
    drift_share: shareSchema,
    persistence: z
      .strictObject({ needed: countSchema, of: countSchema })
      .refine(({ needed, of }) => needed <= of, { message: "more windows are needed than looked at" }),
    windows_per_false_alarm: z.strictObject({ drift: countSchema, performance: countSchema }),
  }),
  errors: z.strictObject({
    tolerated_rise: z.number().nonnegative(),
    tolerated_standard_errors: z.number().nonnegative().default(1.3),
    rises: z.array(shareSchema).min(1),
    queue_rises: z.array(shareSchema).min(1).default([0.1, 0.2]),
    alpha: shareSchema,
    restart_limit: z.number().gt(1),
  }),
  training: z.strictObject({
    cool_down_days: z.number().nonnegative(),
    most_per_month: countSchema,
    refusal_pause_days: z.number().nonnegative(),
    longest_pause_days: z.number().nonnegative(),
  }),
  labels: z.strictObject({
    /** Predictions younger than this are not judged by their labels yet. */
    lag_days: z.number().nonnegative(),
    /** Live precision and recall are of predictions of so many days. */
    performance_days: daysSchema,
  }),
});

type Camel<Name> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name;
type CamelKeys<Value> = Value extends readonly unknown[] | string | number
  ? Value
  : { readonly [Key in keyof Value as Camel<Key>]: CamelKeys<Value[Key]> };

/** DriftParams, and what the monitor around the statistics goes by: routes, labels, when live history is the reference. */
export type MonitorParams = CamelKeys<z.infer<typeof driftSchema>>;

/** The block `drift` of a params file. Rejects with CliError, which names the key, where it is missing or malformed. */
export async function readDriftParams(path: string): Promise<MonitorParams> {
  return camelKeys(await readParamsBlock(path, "drift", driftSchema)) as MonitorParams;
}

function camelKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      camelKeys(inner),
    ]),
  );
}
