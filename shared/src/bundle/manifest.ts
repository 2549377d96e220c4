import { z } from "zod";
import { urgencies } from "../labels.ts";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "64 lower-case hexadecimal digits");
const probabilitySchema = z.number().min(0).max(1);
const labelSchema = z.string().min(1).max(100);

/**
 * How raw probabilities p become calibrated ones. "temperature": softmax(ln p / value). "vector":
 * softmax(weights[k] ln p[k] + biases[k]), one weight and one bias a class. (Guo et al., 2017.)
 */
const calibrationSchema = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("temperature"), value: z.number().positive() }),
  z.strictObject({ method: z.literal("vector"), weights: z.array(z.number()), biases: z.array(z.number()) }),
]);

export type Calibration = z.infer<typeof calibrationSchema>;

/**
 * lexical.bin: little-endian numbers of `dtype`, no header: idf[dimensions]; then for each head in order, for each of its
 * labels in order, weights[dimensions] and one bias; then for each head and label again, weights[words] and one bias, over
 * the words of the vocabulary `words`.
 */
const lexicalSchema = z.strictObject({
  file: z.literal("lexical.bin"),
  dtype: z.enum(["float32", "float16"]),
  dimensions: z.int().positive(),
  words: z.array(z.string().min(1)).max(20_000),
  heads: z.array(
    z.strictObject({ name: z.enum(["queue", "urgency", "scope"]), labels: z.array(labelSchema).min(1) }),
  ),
});

/** The files that every bundle holds beside manifest.json. */
export const bundleFileNames = ["queue.onnx", "urgency.onnx", "scope.onnx", "lexical.bin"] as const;

export type BundleFileName = (typeof bundleFileNames)[number];

const fileSchema = z.strictObject({ sha256: sha256Schema, bytes: z.int().positive() });

/**
 * manifest.json of a model bundle. The label of class i is labels.queue[i]; the scope model's classes are
 * 0 = in scope, 1 = out of scope. `thresholds` is the least calibrated probability at which a label is trusted;
 * from `scope_threshold` on a text counts as out of scope; `urgency_round_up_share` see round-urgency-up.ts.
 */
export const manifestSchema = z.strictObject({
  format: z.literal(2),
  version: z.string().min(1).max(100),
  labels: z.strictObject({
    queue: z.array(labelSchema).min(2),
    urgency: z.tuple(
      urgencies.map((urgency) => z.literal(urgency)) as [
        z.ZodLiteral<"low">,
        z.ZodLiteral<"medium">,
        z.ZodLiteral<"high">,
      ],
    ),
  }),
  feature_hash: sha256Schema,
  numeric_feature_names: z.array(z.string()),
  lexical: lexicalSchema,
  /** Embedder.maker of the vectors that the models were trained on. */
  embedder: z.string().min(1),
  calibration: z.strictObject({
    queue: calibrationSchema,
    urgency: calibrationSchema,
    scope: calibrationSchema,
  }),
  thresholds: z.strictObject({
    queue: z.record(labelSchema, probabilitySchema),
    urgency: z.record(labelSchema, probabilitySchema),
  }),
  scope_threshold: probabilitySchema,
  urgency_round_up_share: probabilitySchema.default(0.25),
  metrics: z.record(z.string(), z.number()),
  files: z.record(z.string(), fileSchema),
  lineage: z.strictObject({
    data_md5: z.string(),
    seed: z.int(),
    params: z.record(z.string(), z.unknown()),
    libraries: z.record(z.string(), z.string()),
    git_commit: z.string().optional(),
    mlflow_run: z.string().optional(),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;
