import type { Database } from "@support-it-agent/shared/database/database";
import { buildReference, type Reference } from "./build-reference.ts";
import { chooseHistory } from "./choose-history.ts";
import type { PastWindow } from "./past-window.ts";
import type { MonitorParams } from "./read-drift-params.ts";
import type { HeldOut } from "./read-held-out.ts";
import type { LogSource } from "./read-logged-rows.ts";

/**
 * The reference for the window that follows `past`, learnt anew only where another step of history is reached. So a window is compared with the
 * same reference whether it is assessed at once or months later.
 */
export function createReadReference(options: {
  readonly database: Database;
  readonly source: LogSource;
  readonly params: MonitorParams;
  readonly seed: number;
  readonly readHeldOut: () => Promise<HeldOut>;
}): (past: readonly PastWindow[]) => Promise<Reference> {
  let heldOut: HeldOut | undefined;
  let known: { readonly key: string; readonly reference: Reference } | undefined;
  return async (past) => {
    heldOut ??= await options.readHeldOut();
    const history = chooseHistory(past, options.params.reference);
    const key = history.map(({ start }) => start).join();
    if (known?.key !== key)
      known = { key, reference: await buildReference({ ...options, heldOut, history }) };
    return known.reference;
  };
}
