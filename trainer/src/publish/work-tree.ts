import type { GitPlace } from "../git/git-place.ts";

/** A clone in scratch space in which a cycle trains and from which it publishes. Its HEAD stays at the commit that the cycle began with. */
export type WorkTree = {
  readonly root: string;
  /** Root of the running program, whose pipeline is that of the clone and whose packages the clone uses. */
  readonly imageRoot: string;
  readonly git: GitPlace;
  /** For dvc, python and node in the clone: the caller's, without what only git and GitHub need. */
  readonly env: Readonly<Record<string, string>>;
  /** The commit that it was cloned at. */
  readonly base: string;
  /** True where the clone was there already: what had been trained in it is kept. */
  readonly isResumed: boolean;
  /** What the branch had published when it was cloned: the holdout stays that of the snapshot, and the search starts from the model. */
  readonly had: { readonly snapshot: boolean; readonly model: boolean };
};
