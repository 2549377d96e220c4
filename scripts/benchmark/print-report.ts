import { availableParallelism, cpus } from "node:os";
import type { Latency } from "./measure-latency.ts";
import type { Throughput } from "./measure-throughput.ts";
import { quantile } from "./quantile.ts";
import type { RunningServer } from "./start-server.ts";

type Stages = Awaited<ReturnType<RunningServer["stages"]>>;

export type Measured = {
  readonly chunkCount: number;
  /** Of each start, in order: the first may find no compiled modules. */
  readonly readyMs: readonly number[];
  readonly latency: Latency;
  /** Sums and counts before and after the answers of `latency`. */
  readonly stages: { readonly before: Stages; readonly after: Stages };
  readonly throughput: Throughput;
  readonly memory: Awaited<ReturnType<RunningServer["memory"]>>;
};

/** The goals; docs/benchmark.md says where they come from. */
const goals = {
  latencyFactor: 1.5,
  latencyExtraMs: 6,
  throughputShare: 0.5,
  readyMs: 2_000,
  residentMb: 450,
};

/** Prints each goal with its figure and whether it was reached, and where the time of an answer goes. */
export function printReport(measured: Measured): void {
  const { chunkCount, latency, throughput } = measured;
  console.log(
    `\n${chunkCount} chunks, ${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), no language model\n`,
  );
  printTable(["goal", "measured", "ratio", "reached"], goalRows(measured));
  console.log(`\nOne answer: where its ${latency.askMeanMs.toFixed(1)} ms go (mean)\n`);
  printTable(["stage", "ms", "share"], stageRows(measured));
  console.log("\nprocessor time at 8 connections: does not depend on what else the machine does\n");
  printTable(["", "ms", "share"], cpuRows(throughput));
  const actions = [...latency.actions]
    .sort(([, a], [, b]) => b - a)
    .map(([action, count]) => `${action} ${count}`);
  console.log(`\nwhat came out: ${actions.join(", ")}`);
  console.log(
    `raw runs: ${latency.rawMs.toFixed(1)} ms each; two workers ${throughput.rawPerSecond.toFixed(0)}/s`,
  );
  const scaling = (throughput.rawPerSecond * latency.rawMs) / 1_000;
  if (scaling < 1.6) {
    console.log(
      `Two workers embedded ${scaling.toFixed(2)} times as much as one: something else was running. Ratios still hold roughly; times do not.`,
    );
  }
}

function goalRows({ readyMs, latency, throughput, memory }: Measured): string[][] {
  const budgetMs = goals.latencyFactor * latency.rawMs + goals.latencyExtraMs;
  const typicalReadyMs = quantile(readyMs, 0.5);
  const range = ([low, high]: readonly [number, number]) => `${low.toFixed(2)}-${high.toFixed(2)}`;
  return [
    [
      `p50 of /ask <= ${goals.latencyFactor} x raw run + ${goals.latencyExtraMs} ms = ${budgetMs.toFixed(1)} ms`,
      `${latency.askP50Ms.toFixed(1)} ms (p95 ${latency.askP95Ms.toFixed(1)})`,
      `${latency.ratio.toFixed(2)} x raw (${range(latency.ratioRange)})`,
      yesNo(latency.askP50Ms <= budgetMs),
    ],
    [
      `8 connections >= ${100 * goals.throughputShare} % of two raw workers`,
      `${throughput.askPerSecond.toFixed(0)}/s of ${throughput.rawPerSecond.toFixed(0)}/s (p95 ${throughput.askP95Ms.toFixed(0)} ms)`,
      `${throughput.ratio.toFixed(2)} (${range(throughput.ratioRange)})`,
      yesNo(throughput.ratio >= goals.throughputShare),
    ],
    [
      `ready <= ${goals.readyMs / 1_000} s`,
      `${seconds(typicalReadyMs)} s (${readyMs.map(seconds).join(", ")})`,
      (typicalReadyMs / goals.readyMs).toFixed(2),
      yesNo(typicalReadyMs <= goals.readyMs),
    ],
    [
      `resident memory <= ${goals.residentMb} MB`,
      memory
        ? `${memory.residentMb.toFixed(0)} MB (peak ${memory.peakMb.toFixed(0)})`
        : "not told by this system",
      memory ? (memory.residentMb / goals.residentMb).toFixed(2) : "",
      memory ? yesNo(memory.residentMb <= goals.residentMb) : "unknown",
    ],
  ];
}

const seconds = (ms: number) => (ms / 1_000).toFixed(2);
const yesNo = (isReached: boolean) => (isReached ? "yes" : "NO");

/** Retrieval runs while the embedding does; what is shown is what it adds. The rest is HTTP, parsing and the text's preparation. */
function stageRows({ latency, stages: { before, after } }: Measured): string[][] {
  const meanMs = (stage: string) => {
    const [from, to] = [before.get(stage), after.get(stage)];
    if (!to) return 0;
    return (
      (1_000 * (to.seconds - (from?.seconds ?? 0))) /
      Math.max(
        1,
        [...latency.actions.values()].reduce((a, b) => a + b, 0),
      )
    );
  };
  const embedMs = meanMs("embed");
  const rows: [string, number][] = [["embed", embedMs]];
  for (const stage of after.keys()) {
    if (stage === "embed") continue;
    if (stage === "retrieve")
      rows.push(["retrieve, after the embedding", Math.max(0, meanMs(stage) - embedMs)]);
    else rows.push([stage, meanMs(stage)]);
  }
  const known = rows.reduce((sum, [, ms]) => sum + ms, 0);
  rows.push(["rest: HTTP, JSON, preparation", latency.askMeanMs - known]);
  return rows.map(([stage, ms]) => [
    stage,
    ms.toFixed(2),
    `${((100 * ms) / latency.askMeanMs).toFixed(0)} %`,
  ]);
}

/** What one answer costs. The ratio to one embedding is the throughput that a machine with nothing else to do can reach. */
function cpuRows({ rawCpuMs, askCpuMs }: Throughput): string[][] {
  const names = { server: "server", PostgreSQL: "PostgreSQL", own: "load generator" };
  const rows = Object.entries(names).map(([key, name]): [string, number] => [
    name,
    askCpuMs[key] ?? Number.NaN,
  ]);
  const totalMs = rows.reduce((sum, [, ms]) => sum + ms, 0);
  return [
    ...rows.map(([name, ms]) => [name, ms.toFixed(2), `${((100 * ms) / totalMs).toFixed(0)} %`]),
    ["one answer", totalMs.toFixed(2), "100 %"],
    ["one raw embedding", rawCpuMs.toFixed(2), `${((100 * rawCpuMs) / totalMs).toFixed(0)} %`],
  ];
}

function printTable(heading: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = heading.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  console.log([line(heading), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n"));
}
