import type { Logger } from "../operations/logger.ts";
import type { LoadedModel, ServingModel } from "./create-serving-model.ts";

/** What came of a reload: another model serves, it was the same one, or it must not serve. */
export type ReloadOutcome = "swapped" | "unchanged" | "refused";

export type ReloadDeps = {
  readonly serving: ServingModel;
  /** Loads, checks and warms the bundle that is to serve now. Rejects where it must not serve, with the next step in the message. */
  readonly load: () => Promise<LoadedModel>;
  readonly logger: Logger;
};

/**
 * Takes the bundle that is to serve now. The one before goes on serving until the new one is warm, and for good where the new one is broken, half
 * copied or not for this program: the log says why and what to do. Never rejects.
 */
export async function reloadModel({ serving, load, logger }: ReloadDeps): Promise<ReloadOutcome> {
  const before = serving.current().bundle;
  try {
    const next = await load();
    const { hash, manifest } = next.bundle;
    if (hash === before.hash && manifest.version === before.manifest.version) {
      await next.classifier.close();
      logger.info({ model_version: manifest.version, bundle_hash: hash }, "this model serves already");
      return "unchanged";
    }
    serving.replace(next).then(
      () => logger.info({ model_version: before.manifest.version }, "the model before is freed"),
      (error: unknown) => logger.error({ reason: messageOf(error) }, "the model before could not be freed"),
    );
    logger.info(
      { model_version: manifest.version, bundle_hash: hash, before: before.manifest.version },
      "another model serves",
    );
    return "swapped";
  } catch (error) {
    logger.error(
      { reason: messageOf(error), model_version: before.manifest.version },
      "the new model is refused, the one before goes on serving; correct what the reason names, then send SIGHUP again",
    );
    return "refused";
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
