// Fits the relevance model of api/src/assess-evidence.ts and writes api/src/evidence-model.json: node scripts/fit-evidence.ts
// Data: data/starter/evidence/questions.jsonl against the starter knowledge base in DATA_DIR (./scripts/start fills it).
// A passage counts as relevant where it comes from the article that the question names, in either language, and as not
// relevant where the question has no article; small talk (data/starter/tickets/out-of-scope.jsonl) has none either. Prints
// what questions left out of the fit would be given.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { type EvidenceModel, evidenceColumns } from "../api/src/assess-evidence.ts";
import { parseConfig } from "../api/src/config.ts";
import { createRetrieve } from "../api/src/retrieval/create-retrieve.ts";
import { loadBundle } from "../shared/src/bundle/load-bundle.ts";
import { createClassifier } from "../shared/src/classifier/create-classifier.ts";
import { buildFeatures } from "../shared/src/features/build-features.ts";
import { openDatabase } from "../shared/src/node/database/open-database.ts";
import { createWorkerEmbedder } from "../shared/src/node/embedder/create-worker-embedder.ts";
import { readBundleFolder } from "../shared/src/node/read-bundle-folder.ts";
import "../shared/src/node/without-telemetry.ts";
import { prepareText } from "../shared/src/text/prepare-text.ts";
import { findModelDir } from "./lib/find-model-dir.ts";
import { dot, fitLogistic, type LogisticFit, sigmoid } from "./lib/fit-logistic.ts";
import { parseCommand } from "./lib/parse-command.ts";

const questionSchema = z
  .object({ id: z.string(), question: z.string(), article: z.string().nullable() })
  // The second batch was written to avoid the articles' own words.
  .transform(({ id, question, article }) => ({ question, article, isHard: id.startsWith("ev-more") }));
const smallTalkSchema = z.object({ body: z.string() });
type Row = { question: number; columns: readonly number[]; label: boolean; isJudged: boolean };

parseCommand({
  usage:
    "Usage: node scripts/fit-evidence.ts\n\nFits the relevance model and writes api/src/evidence-model.json.",
});
const root = new URL("../", import.meta.url);
/** Small talk is the scope model's work first: here it shows what a meaningless match looks like, and no more. */
const smallTalkWeight = 0.15;

const questions: { question: string; article: string | null; weight?: number; isHard?: boolean }[] = [
  ...(await readLines("evidence/questions.jsonl")).map((line) => questionSchema.parse(line)),
  ...(await readLines("tickets/out-of-scope.jsonl")).map((line) => {
    return { question: smallTalkSchema.parse(line).body, article: null, weight: smallTalkWeight };
  }),
];
const rows = await collectRows();
const folds = 10;

const fitRows = (keep: (row: Row) => boolean): LogisticFit => {
  const judged = rows.filter((row) => row.isJudged && keep(row));
  return fitLogistic(
    judged.map((row) => row.columns),
    judged.map((row) => row.label),
    { penalty: 0.25, weights: judged.map((row) => questions[row.question]?.weight ?? 1) },
  );
};

const best = questions.map((_, question) => {
  const coefficients = fitRows((row) => row.question % folds !== question % folds);
  const own = rows.filter((row) => row.question === question);
  return Math.max(0, ...own.map((row) => sigmoid(dot(row.columns, coefficients))));
});
console.log(
  "floor | answerable found | unanswerable handed off | small talk handed off   (ten-fold, by question)",
);
for (const floor of [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) {
  const share = (
    isChosen: (question: (typeof questions)[number]) => boolean,
    hit: (value: number) => boolean,
  ) => {
    const chosen = best.filter((_, i) => isChosen(questions[i] ?? { question: "", article: null }));
    return `${chosen.filter(hit).length}/${chosen.length}`.padEnd(16);
  };
  const isSmallTalk = (question: (typeof questions)[number]) => question.weight !== undefined;
  const columns = [
    share(
      (question) => question.article !== null,
      (p) => p >= floor,
    ),
    share(
      (question) => question.article === null && !isSmallTalk(question),
      (p) => p < floor,
    ),
    share(isSmallTalk, (p) => p < floor),
  ];
  console.log(`${floor.toFixed(1)}   | ${columns.join(" | ")}`);
}
const answerable = questions.flatMap(({ article }, i) => (article === null ? [] : [i]));
const foundOf = (indices: readonly number[]) => {
  const found = indices.filter((i) => rows.some((row) => row.question === i && row.label)).length;
  return `${found}/${indices.length}`;
};
const hard = answerable.filter((i) => questions[i]?.isHard);
console.log(
  `the right article is among the passages: ${foundOf(answerable.filter((i) => !hard.includes(i)))} of the plain questions, ${foundOf(hard)} of those in other words`,
);
for (const [i, { question, article }] of questions.entries()) {
  const probability = best[i] ?? 0;
  if ((article !== null) !== probability >= 0.5)
    console.log(`${probability.toFixed(2)} ${article ?? "no article"}: ${question}`);
}
const model: EvidenceModel = { coefficients: fitRows(() => true).map((value) => Number(value.toFixed(4))) };
const coefficients = model.coefficients.join(", ");
await writeFile(new URL("api/src/evidence-model.json", root), `{\n  "coefficients": [${coefficients}]\n}\n`);
console.log(
  `written: ${fileURLToPath(new URL("api/src/evidence-model.json", root))} ${JSON.stringify(model)}`,
);

async function readLines(name: string): Promise<unknown[]> {
  const text = await readFile(new URL(`data/starter/${name}`, root), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function collectRows(): Promise<Row[]> {
  const config = parseConfig(process.env);
  const database = await openDatabase({
    url: config.databaseUrl,
    driver: config.databaseDriver,
    dataDirectory: config.dataDir,
  });
  const embedder = await createWorkerEmbedder({ modelDir: findModelDir(config) });
  const topics = new Map(
    (await database.rows(sql`select id::text as id, external_id from documents`)).map((row) => [
      String(row.id),
      String(row.external_id).replace(/^.*\//, "").replace(/\.md$/, ""),
    ]),
  );
  const retrieve = createRetrieve(database);
  const bundle = await loadBundle(readBundleFolder(fileURLToPath(new URL("models/starter", root))));
  const classifier = await createClassifier(bundle);
  const collected: Row[] = [];
  for (const [question, { question: raw, article }] of questions.entries()) {
    const prepared = prepareText(raw);
    const { text, language } = prepared;
    const embedding = embedder.embed([text]).then(([vector]) => vector ?? new Float32Array(384));
    const [classification] = await classifier.classify([buildFeatures(prepared, await embedding)]);
    const asked = { language, queueProbabilities: classification?.queue.probabilities ?? {} };
    for (const passage of await retrieve({
      text,
      language,
      embedding,
      topK: 6,
      kinds: ["article", "ticket"],
    })) {
      const label = article !== null && topics.get(passage.sourceId) === article;
      collected.push({
        question,
        columns: evidenceColumns(passage, asked),
        label,
        // Of an answerable question's other passages nobody has said whether they help.
        isJudged: article === null || label,
      });
    }
  }
  await classifier.close();
  await embedder.close();
  await database.close();
  return collected;
}
