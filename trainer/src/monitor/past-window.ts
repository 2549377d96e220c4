import type { Diagnosis } from "../drift/diagnose.ts";

/** A window that was assessed before, as much as later ones ask of it. */
export type PastWindow = {
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly diagnosis: Diagnosis;
};
