import { readFile } from "node:fs/promises";
import { tableFromIPC } from "apache-arrow";
import { CliError } from "../../cli-error.ts";
import type { PythonPrediction } from "./check-python-agreement.ts";

/** The rows of the export stage's predictions file: id utf8; queue, urgency, scope float32 lists. */
export async function readPythonPredictions(path: string): Promise<PythonPrediction[]> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new CliError(`${path} cannot be read: run the export stage first (./scripts/train).`, { cause });
  });
  const table = tableFromIPC(bytes);
  const column = (name: string) => {
    const vector = table.getChild(name);
    if (vector === null) throw new CliError(`${path} has no column "${name}": run the export stage again.`);
    return vector;
  };
  const [ids, queue, urgency, scope] = [column("id"), column("queue"), column("urgency"), column("scope")];
  return Array.from({ length: table.numRows }, (_, row) => ({
    id: String(ids.get(row)),
    queue: Array.from<number>(queue.get(row)),
    urgency: Array.from<number>(urgency.get(row)),
    scope: Array.from<number>(scope.get(row)),
  }));
}
