import { join } from "node:path";

/**
 * A file in a clone that is there once a training has taken its own snapshot, whole: what lies in the data set's folders is the training's from then on, and is
 * not fetched over.
 */
export function ownSnapshotFile(root: string): string {
  return join(root, ".git/snapshot-taken");
}
