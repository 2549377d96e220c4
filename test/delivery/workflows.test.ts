// The workflows, read: by actionlint, zizmor and GitHub's own schemas, and by the rules that this repository adds. What a linter finds in
// fixtures/broken shows that it looks.
import { access, constants, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { type Ended, runProgram } from "../../scripts/delivery/run-program.ts";
import { readDockerfile } from "../images/read-dockerfile.ts";
import { lintWorkflow } from "./lint-workflow.ts";

// The first use installs the linters.
vi.setConfig({ testTimeout: 600_000 });

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = ".github/workflows";
const files = (await readdir(join(root, folder))).map((name) => `${folder}/${name}`);
const broken = (name: string) => `test/delivery/fixtures/broken/${name}`;

const run = (program: string, args: readonly string[]): Promise<Ended> =>
  runProgram(program, args, { cwd: root, env: process.env, timeoutMs: 500_000 });

const environment = await run("scripts/delivery/linters-env.sh", []);
if (environment.exitCode === 3)
  console.warn(`Skipped: zizmor, shellcheck, schemas. ${environment.stderr.trim()}`);
const withTools = test.skipIf(environment.exitCode === 3);
const tool = (name: string, args: readonly string[]) => {
  expect(environment).toMatchObject({ exitCode: 0 });
  return run(join(environment.stdout.trim(), name), args);
};

describe("actionlint", () => {
  test.each(files)("finds nothing in %s", async (file) => {
    expect(await lintWorkflow(join(root, file), { knowsInputs: false })).toEqual([]);
  });

  test.each(files)("finds no input in %s that an action does not have", async (file) => {
    expect(await lintWorkflow(join(root, file), { knowsInputs: true })).toEqual([]);
  });

  test("finds a planted context that does not exist", async () => {
    const found = await lintWorkflow(join(root, broken("unknown-context.yml")), { knowsInputs: false });
    expect(found.join()).toContain("evnt");
  });

  test("finds a planted input that the action does not have", async () => {
    const found = await lintWorkflow(join(root, broken("unknown-input.yml")), { knowsInputs: true });
    expect(found.join()).toContain("persist-credential");
  });
});

describe("zizmor", () => {
  const args = ["--offline", "--persona=pedantic", "--no-progress"];

  withTools("finds nothing in .github, and keeps no exception", async () => {
    const ended = await tool("zizmor", [...args, ".github"]);
    expect(`${ended.stdout}${ended.stderr}`).toContain("No findings to report");
    expect(ended.exitCode).toBe(0);
    for (const file of files)
      expect(await readFile(join(root, file), "utf8")).not.toContain("zizmor: ignore");
  });

  withTools(
    "finds what is planted: a privileged trigger, an injection, an action by tag, kept credentials",
    async () => {
      const ended = await tool("zizmor", [...args, "--format=json", broken("injection.yml")]);
      expect(ended.exitCode).not.toBe(0);
      const found = new Set(JSON.parse(ended.stdout).map(({ ident }: { ident: string }) => ident));
      for (const ident of ["dangerous-triggers", "template-injection", "unpinned-uses", "artipacked"])
        expect(found).toContain(ident);
    },
  );
});

describe("schemas", () => {
  const check = (schema: string, ...names: string[]) =>
    tool("check-jsonschema", ["--builtin-schema", `vendor.${schema}`, ...names]);

  withTools("the workflows and dependabot.yml are what GitHub's schemas say", async () => {
    expect(await check("github-workflows", ...files)).toMatchObject({ exitCode: 0 });
    expect(await check("dependabot", ".github/dependabot.yml")).toMatchObject({ exitCode: 0 });
  });

  withTools("a planted interval that does not exist is found", async () => {
    const ended = await check("dependabot", broken("dependabot.yml"));
    expect(ended.exitCode).toBe(1);
    expect(ended.stdout).toContain("fortnightly");
  });
});

describe("shellcheck", () => {
  const args = ["--external-sources", "--source-path=SCRIPTDIR", "--severity=style"];

  withTools("finds nothing in any shell script of the repository", async () => {
    const { stdout } = await run("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"]);
    const scripts: string[] = [];
    for (const name of stdout.split("\0")) {
      if (!name || name.includes("fixtures/") || /\.(ts|mjs|md|json|ya?ml|lock|bin|onnx)$/.test(name))
        continue;
      const head = (await readFile(join(root, name), "utf8").catch(() => "")).slice(0, 40);
      if (/^#!.*\b(ba)?sh\b|^# shellcheck shell=/.test(head)) scripts.push(name);
    }
    for (const name of [
      "scripts/deploy",
      "scripts/lib/node-packages.sh",
      ".ci/run",
      "test/delivery/post-receive",
    ])
      expect(scripts).toContain(name);
    expect((await tool("shellcheck", [...args, ...scripts])).stdout).toBe("");
  });

  withTools("finds a planted expansion without quotes", async () => {
    expect((await tool("shellcheck", [...args, broken("unquoted.sh")])).stdout).toContain("SC2086");
  });
});

const stepSchema = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const workflowSchema = z.looseObject({
  on: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]),
  permissions: z.record(z.string(), z.string()),
  concurrency: z.looseObject({ group: z.string(), "cancel-in-progress": z.boolean() }),
  jobs: z.record(
    z.string(),
    z.looseObject({
      "timeout-minutes": z.number(),
      permissions: z.record(z.string(), z.string()),
      environment: z.unknown().optional(),
      steps: z.array(stepSchema),
    }),
  ),
});

const readWorkflow = async (file: string) => {
  const text = await readFile(join(root, file), "utf8");
  return { text, workflow: workflowSchema.parse(parse(text)) };
};

describe("rules of this repository", () => {
  test.each(files)(
    "%s: no permission at the top, and for each job a time limit and its own permissions",
    async (file) => {
      const { workflow } = await readWorkflow(file);
      expect(workflow.permissions).toEqual({});
      expect(Object.keys(workflow.jobs).length).toBeGreaterThan(0);
    },
  );

  test.each(files)("%s: every action is pinned by commit, with its version beside it", async (file) => {
    const { text } = await readWorkflow(file);
    for (const line of text.split("\n").filter((one) => one.includes("uses:")))
      expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test("one action is one commit everywhere", async () => {
    const pins = new Map<string, Set<string>>();
    for (const file of files) {
      const { workflow } = await readWorkflow(file);
      for (const { uses } of Object.values(workflow.jobs).flatMap(({ steps }) => steps)) {
        const [action, commit] = uses?.split("@") ?? [];
        if (action && commit) pins.set(action, (pins.get(action) ?? new Set()).add(commit));
      }
    }
    expect([...pins].filter(([, commits]) => commits.size > 1)).toEqual([]);
  });

  test.each(files)(
    "%s: values reach a shell through env, and no checkout leaves credentials behind",
    async (file) => {
      const { workflow } = await readWorkflow(file);
      for (const { uses, run: shell, with: inputs } of Object.values(workflow.jobs).flatMap(
        ({ steps }) => steps,
      )) {
        expect(shell ?? "").not.toContain("${{");
        if (uses?.startsWith("actions/checkout@"))
          expect(inputs).toMatchObject({ "persist-credentials": false });
      }
    },
  );

  test("what runs on a pull request sees no secret, has no environment and may write nothing", async () => {
    const ofPullRequests: string[] = [];
    for (const file of files) {
      const { text, workflow } = await readWorkflow(file);
      const triggers = typeof workflow.on === "string" ? [workflow.on] : Object.keys(workflow.on);
      expect(triggers).not.toContain("pull_request_target");
      expect(triggers).not.toContain("workflow_run");
      if (!triggers.includes("pull_request")) continue;
      ofPullRequests.push(file);
      expect(text).not.toMatch(/\bsecrets\./);
      for (const { permissions, environment } of Object.values(workflow.jobs)) {
        expect(permissions).toEqual({ contents: "read" });
        expect(environment).toBeUndefined();
      }
    }
    expect(ofPullRequests).toEqual([".github/workflows/check.yml"]);
  });

  test("a deployment is one at a time, and is never cut off", async () => {
    const { workflow } = await readWorkflow(".github/workflows/deploy.yml");
    expect(workflow.concurrency).toEqual({ group: "deploy", "cancel-in-progress": false });
  });

  test("nothing that a workflow does starts deploy.yml but a push to main, a person, and reconcile", async () => {
    const { workflow } = await readWorkflow(".github/workflows/deploy.yml");
    expect(Object.keys(workflow.on)).toEqual(["push", "workflow_dispatch"]);
    for (const file of files) {
      const { workflow: other } = await readWorkflow(file);
      for (const [name, { permissions }] of Object.entries(other.jobs)) {
        // Nobody pushes with the workflow's own token; two may start another workflow.
        expect([file, name, permissions.contents]).toEqual([file, name, "read"]);
        if (permissions.actions) expect(["reconcile", "rollback"]).toContain(name);
      }
    }
  });

  test("a way back is signed by the trainer's key wherever the guard asks for its signature", async () => {
    const { workflow } = await readWorkflow(".github/workflows/rollback.yml");
    const steps = workflow.jobs.rollback?.steps ?? [];
    const written = steps.findIndex(({ run: shell }) => shell?.includes("write-signing-key"));
    const committed = steps.findIndex(({ run: shell }) => shell?.includes("scripts/rollback"));
    expect(written).toBeGreaterThan(-1);
    expect(committed).toBeGreaterThan(written);
    expect(steps[written]).toMatchObject({ if: "vars.TRAINER_SIGNING_KEY != ''" });
    expect(steps[committed]).toMatchObject({
      env: { GIT_SIGNING_KEY: expect.stringContaining("vars.TRAINER_SIGNING_KEY && ") },
    });
    expect(steps.at(-1)).toMatchObject({ if: "always()", run: 'rm -f "$RUNNER_TEMP/signing-key"' });
  });

  test("a push that changes what an image holds deploys", async () => {
    const { workflow } = await readWorkflow(".github/workflows/deploy.yml");
    const { paths } = z.object({ paths: z.array(z.string()) }).parse(Object(workflow.on).push);
    const isHeld = (path: string) =>
      paths.some((glob) => glob === path || (glob.endsWith("/**") && path.startsWith(glob.slice(0, -3))));
    for (const name of ["api/Dockerfile", "trainer/Dockerfile"]) {
      const copies = (await readDockerfile(join(root, name))).filter(({ name: kind }) => kind === "COPY");
      const sources = copies
        .filter(({ rest }) => !rest.startsWith("--from="))
        .flatMap(({ rest }) => rest.split(" ").slice(0, -1));
      expect(sources).toContain("shared");
      // The weights are in no commit: their digest, in shared/, is.
      expect(sources.filter((source) => source !== ".cache/models" && !isHeld(source))).toEqual([]);
    }
  });

  test("every list of Python packages is looked at by Dependabot", async () => {
    const { stdout } = await run("git", ["ls-files", "*requirements*.txt", "*requirements*.lock"]);
    const folders = new Set(
      stdout
        .trim()
        .split("\n")
        .map((name) => `/${name.replace(/\/[^/]*$/, "")}`),
    );
    const { updates } = parse(await readFile(join(root, ".github/dependabot.yml"), "utf8"));
    const ofPip = updates.find((one: { "package-ecosystem": string }) => one["package-ecosystem"] === "pip");
    expect([...folders].sort()).toEqual(ofPip.directories.toSorted());
  });

  test.each(files)("%s: every script that it calls is there and can be run by hand", async (file) => {
    const { text } = await readWorkflow(file);
    for (const [, script] of text.matchAll(/(?:run:|node|^) +\.?\/?(scripts\/[\w./-]+)/gm)) {
      if (script?.endsWith(".ts")) await access(join(root, script));
      else await access(join(root, script ?? ""), constants.X_OK);
    }
  });
});
