import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

export type EvaluationDocument = {
  readonly id: string;
  /** Null where the set's rules leave it out of the index. */
  readonly title: string | null;
  readonly text: string;
};

/** A question whose one right document is known. */
export type EvaluationQuery = { readonly id: string; readonly text: string; readonly documentId: string };

export type RetrievalSet = {
  readonly name: string;
  readonly mediaType: "text/markdown" | "text/plain";
  readonly documentLanguage: string;
  readonly queryLanguage: string;
  readonly documents: readonly EvaluationDocument[];
  readonly queries: readonly EvaluationQuery[];
};

const documentSchema = z.object({
  _id: z.string(),
  title: z.string().default(""),
  text: z.string(),
  text_without_symptoms: z.string().nullish(),
});

const querySchema = z.object({ _id: z.string(), text: z.string() });

type SetFiles = Omit<RetrievalSet, "documents" | "queries"> & {
  readonly corpus: string;
  readonly queries: string;
  readonly qrels: string;
  readonly indexed: (row: z.infer<typeof documentSchema>) => Pick<EvaluationDocument, "title" | "text">;
};

const gnome = (from: string, to: string): SetFiles => ({
  name: from === to ? `gnome-help ${to}` : `gnome-help ${from} to ${to}`,
  mediaType: "text/plain",
  documentLanguage: to,
  queryLanguage: from,
  corpus: `gnome-help/corpus_${to}.jsonl`,
  queries: `gnome-help/queries_${from}.jsonl`,
  qrels: `gnome-help/qrels_${from}.tsv`,
  // Its queries are title and description.
  indexed: ({ text }) => ({ title: null, text }),
});

/** The sets of $EVAL_DATA_DIR/retrieval and which of their fields are indexed. */
const files: readonly SetFiles[] = [
  {
    name: "ms-office-support",
    mediaType: "text/markdown",
    documentLanguage: "en",
    queryLanguage: "en",
    corpus: "ms-office-support/corpus.jsonl",
    queries: "ms-office-support/queries_symptoms.jsonl",
    qrels: "ms-office-support/qrels_symptoms.tsv",
    // Its queries are symptoms.
    indexed: ({ title, text, text_without_symptoms }) => ({ title, text: text_without_symptoms ?? text }),
  },
  gnome("en", "en"),
  gnome("fr", "fr"),
  gnome("fr", "en"),
  {
    name: "unix-qa",
    mediaType: "text/plain",
    documentLanguage: "en",
    queryLanguage: "en",
    corpus: "unix-qa/corpus.jsonl",
    queries: "unix-qa/queries.jsonl",
    qrels: "unix-qa/qrels.tsv",
    indexed: ({ text }) => ({ title: null, text }),
  },
];

export const retrievalSetNames = files.map(({ name }) => name);

/** Reads one set from the `retrieval` folder of the evaluation data. Queries whose document is not in the corpus are left out. */
export async function readRetrievalSet(dataDir: string, name: string): Promise<RetrievalSet> {
  const set = files.find((candidate) => candidate.name === name);
  if (!set) throw new Error(`there is no set ${name}; known are ${retrievalSetNames.join(", ")}`);
  const folder = join(dataDir, "retrieval");
  const rows = await readJsonLines(join(folder, set.corpus), documentSchema);
  const documents = rows.map((row) => ({ id: row._id, ...set.indexed(row) }));
  const known = new Set(documents.map(({ id }) => id));
  const right = await readQrels(join(folder, set.qrels));
  const queries = (await readJsonLines(join(folder, set.queries), querySchema)).flatMap(({ _id, text }) => {
    const documentId = right.get(_id);
    return documentId !== undefined && known.has(documentId) ? [{ id: _id, text, documentId }] : [];
  });
  const { mediaType, documentLanguage, queryLanguage } = set;
  return { name, mediaType, documentLanguage, queryLanguage, documents, queries };
}

async function readJsonLines<Row>(path: string, schema: z.ZodType<Row>): Promise<Row[]> {
  const lines = (await readFile(path, "utf8")).split("\n").filter(Boolean);
  return lines.map((line) => schema.parse(JSON.parse(line)));
}

async function readQrels(path: string): Promise<Map<string, string>> {
  const [, ...lines] = (await readFile(path, "utf8")).split("\n").filter(Boolean);
  return new Map(
    lines.map((line) => line.split("\t")).map(([query = "", document = ""]) => [query, document]),
  );
}
