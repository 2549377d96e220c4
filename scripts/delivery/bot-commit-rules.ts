/** What a commit of the trainer may change: the pointers to a model and to its data, its figures and its card. */
export const pointerFiles: readonly string[] = [
  "dvc.lock",
  "data/current/snapshot.dvc",
  "data/current/.gitignore",
  "models/.gitignore",
  "models/current.metrics.json",
  "models/current.best-params.json",
  "models/current.card.md",
];

/** Trailers that only the trainer's commits carry, so that one is known by them under another name as well. */
export const botTrailers: readonly string[] = ["Training-Cycle", "Reverts-Model"];

/** Lines that DVC keeps in the lists above of what git shall not see: the bundle and the snapshot. */
export const ignoredByDvc: readonly string[] = ["/current", "/snapshot"];
