// What can be said of the images without building them. ./scripts/test-images builds and runs them.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { lintDockerfile } from "./lint-dockerfile.ts";
import { type Instruction, readDockerfile } from "./read-dockerfile.ts";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const careless = path("test/images/fixtures/Dockerfile.careless");

test("hadolint sees what is wrong with a careless file", async () => {
  const codes = (await lintDockerfile(careless)).map((finding) => finding.split(" ")[0]);
  expect(codes).toEqual(expect.arrayContaining(["DL3002", "DL3004", "DL3007", "DL3020", "DL3025"]));
});

describe.each(["api/Dockerfile", "trainer/Dockerfile"])("%s", (name) => {
  const last = (all: Instruction[], wanted: string) =>
    all.findLast((instruction) => instruction.name === wanted)?.rest;

  test("hadolint finds nothing", async () => {
    expect(await lintDockerfile(path(name))).toEqual([]);
  });

  test("every base is a build argument, so that a build can name it by digest", async () => {
    const all = await readDockerfile(path(name));
    const bases = all.filter((one) => one.name === "FROM").map(({ rest }) => rest.split(" ")[0]);
    expect(new Set(bases)).toEqual(new Set(["${" + "NODE_IMAGE}", "${" + "DEBIAN_IMAGE}"]));
    const given = all.filter((one) => one.name === "ARG" && one.rest.includes("_IMAGE="));
    expect(given.map(({ rest }) => rest)).toEqual([
      "NODE_IMAGE=node:24-bookworm-slim",
      "DEBIAN_IMAGE=debian:bookworm-slim",
    ]);
  });

  test("any builder reads it: no syntax line, no here-document, no mount that only BuildKit knows", async () => {
    expect(await readFile(path(name), "utf8")).not.toMatch(/^#\s*syntax|--mount|--link|--chmod/m);
  });

  test("it runs as 1000, its commands are lists of words, and it says how its health is asked", async () => {
    const all = await readDockerfile(path(name));
    expect(last(all, "USER")).toBe("1000:1000");
    expect(last(all, "CMD")).toMatch(/^\[/);
    expect(last(all, "HEALTHCHECK")).toMatch(/ CMD \["node"|^NONE$/);
  });

  test("no secret is an argument or a variable of it", async () => {
    const all = await readDockerfile(path(name));
    const named = all.filter((one) => one.name === "ARG" || one.name === "ENV").map(({ rest }) => rest);
    expect(named.join("\n")).not.toMatch(/token|secret|password|_key|credential/i);
  });

  test("what runs is copied out of the stages before, and nothing of the checkout directly", async () => {
    const all = await readDockerfile(path(name));
    const final = all.slice(all.findLastIndex((one) => one.name === "FROM"));
    const copies = final.filter((one) => one.name === "COPY" || one.name === "ADD");
    expect(copies.filter(({ rest }) => !rest.startsWith("--from="))).toEqual([]);
  });

  test("what it copies, .dockerignore lets through", async () => {
    const lets = await readIgnored();
    const all = await readDockerfile(path(name));
    const sources = all
      .filter((one) => one.name === "COPY" && !one.rest.startsWith("--from="))
      .flatMap(({ rest }) => rest.split(" ").slice(0, -1));
    expect(sources.filter((source) => !lets(source))).toEqual([]);
  });
});

test("the server is started with the same options everywhere: npm start, scripts/start, the image", async () => {
  const { scripts } = JSON.parse(await readFile(path("package.json"), "utf8"));
  const all = await readDockerfile(path("api/Dockerfile"));
  const command = all.findLast(({ name }) => name === "CMD")?.rest ?? "[]";
  expect(JSON.parse(command).join(" ")).toBe(scripts.start);
  expect(await readFile(path("scripts/start"), "utf8")).toMatch(new RegExp(`^exec ${scripts.start}$`, "m"));
});

test.each([
  ".env",
  ".git/config",
  "api/.env.production",
  "node_modules/zod/index.js",
  "data/current/snapshot.jsonl",
  ".data/lock.sqlite",
  ".dvc/config.local",
  ".dvc/tmp/x",
  "infra/k3s/bootstrap/secrets/x.yaml",
  "shared/src/text/fold-text.test.ts",
  "api/node_modules/x",
])("%s never reaches a builder", async (file) => {
  expect((await readIgnored())(file)).toBe(false);
});

/** .dockerignore as a question: does the builder see this path? The last rule that speaks of it, or of a folder above it, decides. */
async function readIgnored(): Promise<(file: string) => boolean> {
  const rules = (await readFile(path(".dockerignore"), "utf8"))
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({ lets: line.startsWith("!"), pattern: toPattern(line.replace(/^!/, "")) }));
  return (file) => {
    const spoken = rules.findLast(({ pattern }) => pattern.test(file));
    return spoken?.lets ?? true;
  };
}

function toPattern(glob: string): RegExp {
  const source = glob
    .replace(/[.+^$()|[\]{}]/g, "\\$&")
    .replace(/\*\*\/|\*/g, (stars) => (stars === "*" ? "[^/]*" : "(?:.*/)?"));
  return new RegExp(`^${source}(?:/.*)?$`);
}
