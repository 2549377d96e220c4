import type { Assessment } from "../drift/assess-window.ts";
import { formatDay } from "./format-day.ts";

/** The windows of a replay for a terminal, one a line, and how often each diagnosis came; how `trainer replay` answers. */
export function renderReplayTable(assessments: readonly Assessment[]): string {
  if (assessments.length === 0) return "No complete window in these rows: nothing to replay.\n";
  const lines = assessments.map(({ window, diagnosis, training, chart, reason }) => {
    const level = (reading: { level: number; limit: number } | undefined) =>
      reading ? `${reading.level.toFixed(2)}/${reading.limit.toFixed(2)}` : "-";
    const trains = training.wanted ? (training.heldBack?.replaceAll("_", " ") ?? "trains") : "";
    return [
      `${formatDay(window.start)} ${formatDay(window.end)}`,
      String(window.rows).padStart(6),
      level(chart?.suite).padStart(11),
      level(chart?.single).padStart(11),
      level(chart?.shares).padStart(11),
      diagnosis.replaceAll("_", " ").padEnd(17),
      trains.padEnd(15),
      diagnosis === "stable" ? "" : reason,
    ]
      .join(" ")
      .trimEnd();
  });
  const counts = Map.groupBy(assessments, ({ diagnosis }) => diagnosis);
  const summary = [...counts].map(([diagnosis, of]) => `${of.length} ${diagnosis.replaceAll("_", " ")}`);
  const heading =
    "window                  rows       suite      single      shares diagnosis         training";
  return `${[heading, ...lines].join("\n")}\n\n${assessments.length} windows: ${summary.join(", ")}.\n`;
}
