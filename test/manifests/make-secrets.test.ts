import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { hashKey } from "../../api/src/auth/hash-key.ts";
import { parseConfig } from "../../api/src/config.ts";
import { runCommand } from "../http/run-command.ts";
import { readExampleSecrets } from "./read-example-secrets.ts";

const secretSchema = z.strictObject({
  apiVersion: z.literal("v1"),
  kind: z.literal("Secret"),
  metadata: z.strictObject({ name: z.string(), namespace: z.literal("support-it-agent") }),
  type: z.literal("Opaque"),
  stringData: z.record(z.string(), z.string().min(1)),
});

test("without anything said, all of overlays/local is there, with passwords that fit each other and a key that is shown once", async () => {
  const { code, stdout, stderr } = await runCommand("scripts/make-secrets.ts", [], {});
  const secrets = read(stdout);
  expect([code, Object.keys(secrets)]).toEqual([
    0,
    ["database", "postgres", "api-secrets", "s3-credentials"],
  ]);
  const url = new URL(secrets.database?.DATABASE_URL ?? "");
  expect([url.username, url.host, url.pathname]).toEqual([
    "support_it_agent",
    "postgres:5432",
    "/support_it_agent",
  ]);
  expect(url.password).toBe(secrets.postgres?.APP_PASSWORD);
  expect(url.password).not.toBe(secrets.postgres?.POSTGRES_PASSWORD);
  expect(() => parseConfig({ ...secrets.database, ...secrets["api-secrets"] })).not.toThrow();
  const key = /sia_\S+/.exec(stderr)?.[0] ?? "";
  expect(secrets["api-secrets"]?.FIRST_ADMIN_KEY_SHA256).toBe(await hashKey(key));
  expect(stdout).not.toContain(key);
});

test("twice gives other passwords and another key", async () => {
  const [one, other] = await Promise.all([1, 2].map(() => runCommand("scripts/make-secrets.ts", [], {})));
  expect(read(one?.stdout ?? "").database).not.toEqual(read(other?.stdout ?? "").database);
  expect(one?.stderr).not.toBe(other?.stderr);
});

test("half of an S3 key is refused: a made-up other half would fit nothing", async () => {
  const { code, stdout, stderr } = await runCommand("scripts/make-secrets.ts", [], {
    AWS_ACCESS_KEY_ID: "id",
  });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("set both, or neither");
});

test("what is named in the environment is taken, and each key is one that the examples and the manifests know", async () => {
  const folder = await mkdtemp(join(tmpdir(), "secrets-"));
  const [keyFile, hostsFile] = [join(folder, "key"), join(folder, "hosts")];
  await writeFile(keyFile, "line one\nline two: 'x'\n");
  await writeFile(hostsFile, "github.com ssh-ed25519 AAAA\n");
  const given = {
    DATABASE_URL: "postgres://me:pw@db.example/x",
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "secret",
  };
  const tokens = { MISTRAL_API_KEY: "m", GITHUB_TOKEN: "g", GIT_TOKEN: "t" };
  const files = { GIT_SSH_KEY_FILE: keyFile, GIT_KNOWN_HOSTS_FILE: hostsFile };
  const { stdout } = await runCommand("scripts/make-secrets.ts", [], { ...given, ...tokens, ...files });
  await rm(folder, { recursive: true });
  const secrets = read(stdout);
  expect(secrets.postgres).toBeUndefined();
  expect(secrets.database).toEqual({ DATABASE_URL: given.DATABASE_URL });
  expect(secrets["trainer-git"]).toEqual({
    GIT_TOKEN: "t",
    "ssh-privatekey": "line one\nline two: 'x'\n",
    known_hosts: "github.com ssh-ed25519 AAAA\n",
  });
  const known = Object.fromEntries((await readExampleSecrets()).map(({ name, keys }) => [name, keys]));
  for (const [name, values] of Object.entries(secrets)) {
    expect(Object.keys(values).filter((key) => !known[name]?.includes(key))).toEqual([]);
  }
});

function read(text: string): Record<string, Record<string, string>> {
  const secrets = parseAllDocuments(text).map((document) => secretSchema.parse(document.toJS()));
  return Object.fromEntries(secrets.map(({ metadata, stringData }) => [metadata.name, stringData]));
}
