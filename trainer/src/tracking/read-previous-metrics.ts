import { relative } from "node:path";
import { z } from "zod";
import { runProcess } from "../processes/run-process.ts";
import type { PreviousMetrics } from "../stages/evaluate/evaluation.ts";

const figuresSchema = z.object({
  rows: z.number(),
  accuracy: z.number(),
  macroF1: z.number(),
  ece: z.number(),
});

const metricsSchema = z.object({
  bundle: z.object({ version: z.string() }),
  holdout: z.object({ queue: figuresSchema.nullable(), urgency: figuresSchema.nullable() }),
});

/** Commits that are looked through for another bundle. */
const mostCommits = 30;

/**
 * The headline figures of the last bundle in git's history whose version is not `version`: what this one would replace. `file` is the
 * path of metrics.json, `root` the repository. Null where there is no git, no such commit, or no metrics that this version can read.
 */
export async function readPreviousMetrics(options: {
  readonly file: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string>>;
  readonly root: string;
}): Promise<PreviousMetrics | null> {
  const { root, env, version } = options;
  const path = relative(root, options.file);
  if (path.startsWith("..")) return null;
  const git = async (...args: string[]) => {
    const place = { cwd: root, env, timeoutMs: 20_000, output: "capture" } as const;
    const answer = await runProcess("git", args, place).catch(() => null);
    return answer?.exitCode === 0 ? answer.stdout : null;
  };
  const listed = await git("log", `--max-count=${mostCommits}`, "--format=%H", "--", path);
  for (const commit of (listed ?? "").split("\n").filter(Boolean)) {
    const text = await git("show", `${commit}:${path}`);
    const metrics = text === null ? null : parseMetrics(text);
    if (metrics === null || metrics.bundle.version === version) continue;
    return { version: metrics.bundle.version, holdout: metrics.holdout };
  }
  return null;
}

function parseMetrics(text: string) {
  try {
    return metricsSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
