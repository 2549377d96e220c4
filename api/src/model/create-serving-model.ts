import type { Bundle } from "@support-it-agent/shared/bundle/load-bundle";
import type { Classifier } from "@support-it-agent/shared/classifier/classifier";

/** A bundle that is loaded: what it says of itself, and the classifier with its thresholds and labels. */
export type LoadedModel = {
  readonly bundle: Pick<Bundle, "manifest" | "hash">;
  readonly classifier: Classifier;
};

/** The model that a process serves. It can be replaced while requests are at work. */
export type ServingModel = {
  /** The one that a request which comes now gets. */
  current(): LoadedModel;
  /** The current one for a whole request: it stays open until it is released. Releasing twice is releasing once. */
  hold(): { readonly model: LoadedModel; release(): void };
  /**
   * Requests from now on get `next`; those at work end with the one they began with. Resolves once the last of them has, and the
   * sessions of the one before are freed.
   */
  replace(next: LoadedModel): Promise<void>;
  /** Frees the sessions of the current one. */
  close(): Promise<void>;
};

/** Serves `first` until it is replaced. */
export function createServingModel(first: LoadedModel): ServingModel {
  let serving = shared(first);
  return {
    current: () => serving.model,
    hold: () => {
      const { model, enter, leave } = serving;
      enter();
      let isHeld = true;
      return {
        model,
        release: () => {
          if (isHeld) leave();
          isHeld = false;
        },
      };
    },
    replace: async (next) => {
      const before = serving;
      serving = shared(next);
      await before.unused();
      await before.model.classifier.close();
    },
    close: () => serving.model.classifier.close(),
  };
}

/** A model, and how many requests are at work with it. */
function shared(model: LoadedModel) {
  let holders = 0;
  let onUnused = () => {};
  return {
    model,
    enter: () => {
      holders += 1;
    },
    leave: () => {
      holders -= 1;
      if (holders === 0) onUnused();
    },
    /** Resolves when nobody holds it. */
    unused: () => (holders === 0 ? Promise.resolve() : new Promise<void>((resolve) => (onUnused = resolve))),
  };
}
