/** What a commit of the trainer may change: the pointers to a model and to its data, its figures and its card. */
export const pointerFiles: readonly string[] = [
  "dvc.lock",
  "data/current/snapshot.dvc",
  "data/current/.gitignore",
  "models/current.metrics.json",
  "models/current.best-params.json",
  "models/current.card.md",
];

/** Trailers that only the trainer's commits carry, so that one is known by them under another name as well. */
export const botTrailers: readonly string[] = ["Training-Cycle", "Reverts-Model"];
