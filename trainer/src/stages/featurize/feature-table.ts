import type { Features } from "@support-it-agent/shared/classifier/classifier";
import { embeddingDimensions } from "@support-it-agent/shared/embedder/embedder";
import {
  Bool,
  type Data,
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  Uint32,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import type { SnapshotRow } from "../snapshot/snapshot-row.ts";

/** What the columns' numbers depend on; stands in the schema's metadata, all values as text. */
export type FeatureTableMetadata = {
  /** JSON object: the feature hash of a bundle by the number of its lexical dimensions. */
  readonly feature_hashes: string;
  readonly embedder: string;
  /** JSON array, one name for each number of the column "numeric". */
  readonly numeric_feature_names: string;
  readonly lexical_dimensions: string;
};

/**
 * The table that Python trains on, one row for each row of the snapshot:
 *
 *   id, split, group, language, source   utf8
 *   in_scope                     bool
 *   queue, urgency               utf8, null where the row has no such label
 *   embedding                    float32[384]
 *   numeric                      float32[number of numeric features]
 *   lexical_ids, lexical_counts  list of uint32, list of float32: hashed terms, ids ascending
 *   words                        utf8: the distinct words, parted by blanks
 *
 * Throws RangeError where a row's features have another length than the first one's.
 */
export function featureTable(
  rows: readonly SnapshotRow[],
  features: readonly Features[],
  metadata: FeatureTableMetadata,
): Table {
  const strings = (values: readonly (string | null)[]) =>
    dataOf(vectorFromArray([...values], new Utf8()).data);
  const columns: Record<string, Data> = {
    id: strings(rows.map(({ id }) => id)),
    split: strings(rows.map(({ split }) => split)),
    group: strings(rows.map(({ group }) => group)),
    language: strings(rows.map(({ language }) => language)),
    source: strings(rows.map(({ source }) => source)),
    in_scope: dataOf(
      vectorFromArray(
        rows.map((row) => row.in_scope),
        new Bool(),
      ).data,
    ),
    queue: strings(rows.map(({ queue }) => queue)),
    urgency: strings(rows.map(({ urgency }) => urgency)),
    embedding: fixedSizeLists(
      features.map(({ embedding }) => embedding),
      embeddingDimensions,
    ),
    numeric: fixedSizeLists(
      features.map(({ numeric }) => numeric),
      features[0]?.numeric.length ?? 0,
    ),
    lexical_ids: lists(
      features.map(({ lexical }) => lexical.ids),
      new Uint32(),
      Uint32Array,
    ),
    lexical_counts: lists(
      features.map(({ lexical }) => lexical.counts),
      new Float32(),
      Float32Array,
    ),
    words: strings(features.map(({ lexical }) => lexical.words.join(" "))),
  };
  const fields = Object.entries(columns).map(
    ([name, data]) => new Field(name, data.type, data.nullCount > 0),
  );
  const schema = new Schema(fields, new Map(Object.entries(metadata)));
  const struct = makeData({
    type: new Struct(fields),
    length: rows.length,
    children: Object.values(columns),
  });
  return new Table(schema, new RecordBatch(schema, struct));
}

/** One column in one piece: Arrow makes chunks only where it is asked to. */
function dataOf<T extends DataType>(chunks: readonly Data<T>[]): Data<T> {
  const [data, ...more] = chunks;
  if (data === undefined || more.length > 0)
    throw new Error(`A column came in ${chunks.length} chunks, expected 1.`);
  return data;
}

function fixedSizeLists(rows: readonly Float32Array[], size: number): Data {
  const values = new Float32Array(rows.length * size);
  rows.forEach((row, index) => {
    if (row.length !== size)
      throw new RangeError(`Row ${index} has ${row.length} numbers, expected ${size}.`);
    values.set(row, index * size);
  });
  const type = new FixedSizeList(size, new Field("item", new Float32(), false));
  return makeData({ type, length: rows.length, child: makeData({ type: new Float32(), data: values }) });
}

function lists(
  rows: readonly (Uint32Array | Float32Array)[],
  itemType: Uint32 | Float32,
  makeArray: new (length: number) => Uint32Array | Float32Array,
): Data {
  const valueOffsets = new Int32Array(rows.length + 1);
  rows.forEach((row, index) => {
    valueOffsets[index + 1] = (valueOffsets[index] ?? 0) + row.length;
  });
  const values = new makeArray(valueOffsets[rows.length] ?? 0);
  rows.forEach((row, index) => {
    values.set(row, valueOffsets[index]);
  });
  const child = makeData({ type: itemType, length: values.length, data: values } as Parameters<
    typeof makeData
  >[0]);
  return makeData({
    type: new List(new Field("item", itemType, false)),
    length: rows.length,
    valueOffsets,
    child: child as Data<Float32>,
  } as Parameters<typeof makeData>[0]);
}
