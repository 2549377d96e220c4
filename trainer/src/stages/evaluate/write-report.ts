import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFolder } from "../../files/write-folder.ts";
import type { Evaluation } from "./evaluation.ts";
import { renderReport } from "./report/render-report.ts";

/** The page for whoever may read tickets, the copy without their texts for everybody else, and the times of this machine. */
export const reportFileNames = {
  page: "report.html",
  pageWithoutTexts: "report-without-texts.html",
  latency: "latency.json",
} as const;

/** Writes the report's folder whole. Times stand here and not among the metrics, which are the same bytes each time. */
export async function writeReport(folder: string, evaluation: Evaluation): Promise<void> {
  await writeFolder(folder, async (temporary) => {
    await writeFile(join(temporary, reportFileNames.page), renderReport(evaluation, { showTexts: true }));
    await writeFile(
      join(temporary, reportFileNames.pageWithoutTexts),
      renderReport(evaluation, { showTexts: false }),
    );
    await writeFile(
      join(temporary, reportFileNames.latency),
      `${JSON.stringify(evaluation.latency, null, 2)}\n`,
    );
  });
}
