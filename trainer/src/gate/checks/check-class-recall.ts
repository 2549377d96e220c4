import type { GateParams } from "../../params.ts";
import type { GateCheck } from "../gate-report.ts";
import { labelKinds, type MeasuredRow } from "../measured-row.ts";
import { holm } from "../statistics/holm.ts";
import { signTest } from "../statistics/sign-test.ts";
import { formatPoints } from "./format-points.ts";
import { labelledRows, type Seed } from "./model-under-test.ts";

/**
 * Rule 3: no class with enough rows, of queues and urgencies together, loses recall significantly. Each near-duplicate group with more
 * losses than wins is one loss in an exact sign test; Holm over all classes.
 */
export function checkClassRecall(
  rows: readonly MeasuredRow[],
  { class_recall }: GateParams,
  seed: Seed,
): GateCheck {
  const classes = labelKinds.flatMap((kind) => {
    const answered = labelledRows(rows, kind, seed).filter(({ row }) => row.serving !== null);
    return [...Map.groupBy(answered, ({ truth }) => truth)]
      .filter(([, members]) => members.length >= class_recall.min_rows)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, members]) => {
        const lead = ({ row, ours }: (typeof members)[number]) =>
          Number(ours[kind].label === label) - Number(row.serving?.[kind].label === label);
        const leads = [...Map.groupBy(members, ({ row }) => row.group).values()].map((group) =>
          group.reduce((sum, member) => sum + lead(member), 0),
        );
        const losses = leads.filter((value) => value < 0).length;
        const wins = leads.filter((value) => value > 0).length;
        const difference = members.reduce((sum, member) => sum + lead(member), 0) / members.length;
        return {
          name: `${kind} ${label}`,
          rows: members.length,
          difference,
          losses,
          wins,
          p: signTest(losses, wins),
        };
      });
  });
  const adjusted = holm(classes.map(({ p }) => p));
  const worse = classes.filter((_, index) => (adjusted[index] ?? 1) <= class_recall.level);
  const common = { key: 1, name: "recall by class" } as const;
  const numbers = {
    level: class_recall.level,
    classes: Object.fromEntries(
      classes.map(({ name, ...figures }, index) => [name, { ...figures, adjustedP: adjusted[index] ?? 1 }]),
    ),
  };
  if (classes.length === 0) {
    return { ...common, status: "could_not_run", why: `no class has ${class_recall.min_rows} rows`, numbers };
  }
  return {
    ...common,
    status: worse.length === 0 ? "passed" : "failed",
    why:
      worse.length === 0
        ? `none of ${classes.length} classes loses recall significantly`
        : worse
            .map(({ name, difference }) => `${name} loses ${formatPoints(difference)} points of recall`)
            .join("; "),
    numbers,
  };
}
