import { prepareWorkTree } from "../publish/prepare-work-tree.ts";
import type { WorkTree } from "../publish/work-tree.ts";
import type { StageContext } from "./stage-context.ts";

/** The clone in `folder`: made, or taken up as it is where it is whole (prepare-work-tree.ts). */
export function openWorkTree(
  { config, root, env, log }: Pick<StageContext, "config" | "root" | "env" | "log">,
  place: { readonly folder: string; readonly dataSet: string; readonly isDryRun?: boolean },
  signal: AbortSignal,
): Promise<WorkTree> {
  return prepareWorkTree({ config, imageRoot: root, env, signal, log: log.info, ...place });
}
