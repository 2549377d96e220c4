/** A public data set that is known by name. */
export type KnownDataset = {
  readonly name: string;
  readonly licence: string;
  /** What the licence allows, in a sentence for a person. */
  readonly allows: string;
  /** The file that is taken where none is named. */
  readonly file: string;
  /** The rows that are about IT, as `--where` would say it. */
  readonly itRows: string;
};

const knownDatasets: readonly KnownDataset[] = [
  {
    name: "Tobi-Bueck/customer-support-tickets",
    licence: "CC BY-NC 4.0 (https://creativecommons.org/licenses/by-nc/4.0/)",
    allows:
      "You may use and share it with attribution, and not for commercial purposes. That holds for a model trained on it as far as " +
      "the licence reaches: try things out with it, and train what your company runs on your own tickets.",
    file: "aa_dataset-tickets-multi-lang-5-2-50-version.csv",
    itRows: "queue=Technical Support|Product Support|IT Support|Service Outages and Maintenance",
  },
];

/** True for OWNER/NAME, which is a data set of the hub where no such file is there. */
export const isDatasetName = (text: string) =>
  /^[\w.-]+\/[\w.-]+$/.test(text) && !/\.(csv|tsv|jsonl|ndjson|parquet)$/i.test(text);

/** What is known of a data set of that name, in any case; undefined of others. */
export function findDataset(name: string): KnownDataset | undefined {
  return knownDatasets.find((known) => known.name.toLowerCase() === name.toLowerCase());
}
