import { join } from "node:path";
import { z } from "zod";
import { loadBundle } from "../../shared/src/bundle/load-bundle.ts";
import type { Classification, Classifier, Features } from "../../shared/src/classifier/classifier.ts";
import { createClassifier } from "../../shared/src/classifier/create-classifier.ts";
import type { Embedder } from "../../shared/src/embedder/embedder.ts";
import { buildFeatures } from "../../shared/src/features/build-features.ts";
import { readBundleFolder } from "../../shared/src/node/read-bundle-folder.ts";
import { startProgress } from "../../shared/src/node/start-progress.ts";
import { prepareText } from "../../shared/src/text/prepare-text.ts";
import { ticketText } from "../../shared/src/text/ticket-text.ts";
import type { FeatureImportance } from "../../trainer/src/drift/chart/feature-weights.ts";
import { readJsonLines } from "../../trainer/src/files/read-json-lines.ts";
import { measureImportance } from "../../trainer/src/monitor/measure-importance.ts";
import { embedTexts } from "../../trainer/src/stages/featurize/embed-texts.ts";
import { openEmbeddingCache } from "../../trainer/src/stages/featurize/embedding-cache.ts";
import { seededRandom } from "../benchmark/seeded-random.ts";
import { misspellText, shortenText, templateText } from "./alter-text.ts";

/** A public ticket with all that the serving code says of it. */
export type DeskRow = {
  readonly text: string;
  readonly language: string;
  readonly numeric: Float32Array;
  readonly embedding: Float32Array;
  readonly queue: string;
  readonly urgency: string;
  readonly queueProbabilities: readonly number[];
  readonly urgencyProbabilities: readonly number[];
  /** The queue that the data set's rule gives (its README); null outside the English IT rows. */
  readonly trueQueue: string | null;
};

/** Tickets of a desk, and those that a shift brings in. */
export type Desk = {
  /** What the starter bundle leans on, measured on the base tickets as the monitor measures it. */
  readonly importance: FeatureImportance;
  readonly queues: readonly string[];
  readonly base: readonly DeskRow[];
  /** Billing and returns: nothing that the desk ever saw. */
  readonly newTopic: readonly DeskRow[];
  readonly german: readonly DeskRow[];
  readonly short: readonly DeskRow[];
  readonly misspelt: readonly DeskRow[];
  readonly template: readonly DeskRow[];
};

const ticketSchema = z.object({
  subject: z.string().nullable(),
  body: z.string(),
  queue: z.string(),
  refined_queue: z.string().nullable(),
  language: z.string(),
  taxonomy: z.string(),
});

type PublicTicket = z.infer<typeof ticketSchema>;

const itQueues = ["Technical Support", "Product Support", "IT Support", "Service Outages and Maintenance"];
const foreignQueues = ["Billing and Payments", "Returns and Exchanges"];

/**
 * The public tickets through the product's own text preparation, features and starter bundle. Vectors are kept in
 * `cacheFolder`, so that only the first run embeds (some 13,000 texts, about five minutes on two cores).
 */
export async function readDesk(options: {
  readonly dataFolder: string;
  readonly bundleFolder: string;
  readonly cacheFolder: string;
  readonly embedder: Embedder;
}): Promise<Desk> {
  const tickets = await readJsonLines(
    join(options.dataFolder, "tickets/support-tickets.jsonl"),
    ticketSchema,
  );
  const random = seededRandom(4);
  const english = tickets.filter(({ refined_queue }) => refined_queue !== null);
  const foreign = tickets.filter(({ language, queue }) => language === "en" && foreignQueues.includes(queue));
  const german = tickets.filter(
    ({ language, queue, taxonomy }) =>
      language === "de" && taxonomy === "ten-queue" && itQueues.includes(queue),
  );
  const texts = (of: readonly PublicTicket[]) =>
    of.map(({ subject, body }) => ticketText({ subject: subject ?? undefined, body }));
  const altered = texts(english).filter((_, index) => index % 4 === 0);
  const groups = {
    base: texts(english),
    newTopic: texts(foreign),
    german: texts(german.slice(0, 1_500)),
    short: altered.map(shortenText),
    misspelt: altered.map((text) => misspellText(text, random)),
    template: Array.from({ length: 300 }, () => templateText(random)),
  };

  const prepared = Object.values(groups).flat().map(prepareText);
  const cache = await openEmbeddingCache(options.cacheFolder, options.embedder.maker);
  const progress = startProgress("Embedding");
  const vectors = await embedTexts(
    prepared.map(({ text }) => text),
    options.embedder,
    cache,
    progress.update,
  ).finally(progress.end);

  const bundle = await loadBundle(readBundleFolder(options.bundleFolder));
  const classifier = await createClassifier(bundle);
  const features = prepared.map((text, index) => buildFeatures(text, vectors[index] ?? new Float32Array()));
  const [said, importance] = await say(classifier, features, groups.base.length).finally(() =>
    classifier.close(),
  );
  const rows = features.flatMap((feature, index): DeskRow[] => {
    const classification = said[index];
    if (!classification) return [];
    const { queue, urgency } = classification;
    return [
      {
        text: feature.text,
        language: feature.language,
        numeric: feature.numeric,
        embedding: feature.embedding,
        queue: queue.label,
        urgency: urgency.label,
        queueProbabilities: bundle.manifest.labels.queue.map((label) => queue.probabilities[label] ?? 0),
        urgencyProbabilities: Object.values(urgency.probabilities),
        trueQueue: english[index]?.refined_queue ?? null,
      },
    ];
  });
  let end = 0;
  const take = (count: number) => {
    end += count;
    return rows.slice(end - count, end);
  };
  return {
    importance,
    queues: bundle.manifest.labels.queue,
    base: take(groups.base.length),
    newTopic: take(groups.newTopic.length),
    german: take(groups.german.length),
    short: take(groups.short.length),
    misspelt: take(groups.misspelt.length),
    template: take(groups.template.length),
  };
}

async function say(
  classifier: Classifier,
  features: readonly Features[],
  baseRows: number,
): Promise<[Classification[], FeatureImportance]> {
  const said = await classifier.classify(features);
  return [said, await measureImportance(classifier, features.slice(0, baseRows), 1)];
}
