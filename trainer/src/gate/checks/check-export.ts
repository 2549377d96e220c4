import type { GateParams } from "../../params.ts";
import type { GateCheck } from "../gate-report.ts";
import type { Agreement } from "../measure-agreement.ts";
import type { Measured } from "../measurements.ts";
import type { TreeKind } from "../read-tree-kinds.ts";

/** Float32 sums of a few hundred leaves, in another order. */
const largestDifference = 1e-5;

/** Rule 6: what Python trained is what Node serves. */
export function checkAgreement(agreement: Measured<Agreement>, { python_min_rows }: GateParams): GateCheck {
  const common = { key: 2, name: "Python against ONNX" } as const;
  if ("problem" in agreement)
    return { ...common, status: "could_not_run", why: agreement.problem, numbers: {} };
  const { rows, missing, flipped, worstRow } = agreement.value;
  const largest = agreement.value.largestDifference;
  const numbers = {
    rows,
    missing,
    flipped,
    // JSON has no infinity: null is "no number".
    largestDifference: Number.isFinite(largest) ? largest : null,
    limit: largestDifference,
  };
  if (missing > 0) {
    const why = `${missing} rows of Python's predictions are not in the snapshot: run the export stage again`;
    return { ...common, status: "could_not_run", why, numbers };
  }
  if (rows < python_min_rows) {
    return {
      ...common,
      status: "could_not_run",
      why: `compared on ${rows} rows, ${python_min_rows} are needed`,
      numbers,
    };
  }
  const holds = largest <= largestDifference && flipped === 0;
  return {
    ...common,
    status: holds ? "passed" : "failed",
    why: holds
      ? `${rows} rows, at most ${largest.toExponential(1)} apart, no label flipped`
      : `${flipped} labels flipped, row ${worstRow} is ${Number.isFinite(largest) ? `${largest.toExponential(1)} apart` : "no number"}: look at the versions of xgboost and onnxmltools`,
    numbers,
  };
}

/** dart and parallel trees convert silently wrong, so only gbtree with one tree a class and round may ship. */
export function checkTrees(trees: Measured<readonly TreeKind[]>): GateCheck {
  const common = { key: 2, name: "plain trees" } as const;
  if ("problem" in trees) return { ...common, status: "could_not_run", why: trees.problem, numbers: {} };
  const others = trees.value.filter(
    ({ booster, parallelTrees }) => booster !== "gbtree" || parallelTrees !== 1,
  );
  const numbers = {
    models: Object.fromEntries(trees.value.map(({ model, ...kind }) => [model, kind])),
  };
  return {
    ...common,
    status: others.length === 0 && trees.value.length > 0 ? "passed" : "failed",
    why:
      others.length === 0
        ? `${trees.value.length} models, gbtree with one tree a class and round`
        : others
            .map(
              ({ model, booster, parallelTrees }) =>
                `${model} is ${booster} with num_parallel_tree ${parallelTrees}`,
            )
            .join("; "),
    numbers,
  };
}
