/** The files by which a data set's published model is known, all in git. The bundle and the snapshot themselves are in DVC's remote. */
export type PublishedPaths = {
  /** Shared with other data sets: of it only the stages of this one change. */
  readonly lock: "dvc.lock";
  /** What goes in, and back, together: metrics, parameters, card, and the snapshot's pointer. */
  readonly own: readonly string[];
  /** Folders' lists of what DVC keeps out of git; they only ever get a line more. */
  readonly ignores: readonly string[];
  readonly bundle: string;
  readonly snapshot: string;
  readonly metrics: string;
  readonly card: string;
};

export function publishedPaths(dataSet: string): PublishedPaths {
  const metrics = `models/${dataSet}.metrics.json`;
  const card = `models/${dataSet}.card.md`;
  const snapshot = `data/${dataSet}/snapshot`;
  return {
    lock: "dvc.lock",
    own: [`${snapshot}.dvc`, metrics, `models/${dataSet}.best-params.json`, card],
    ignores: ["models/.gitignore", `data/${dataSet}/.gitignore`],
    bundle: `models/${dataSet}`,
    snapshot,
    metrics,
    card,
  };
}
