// Prints the Secrets that infra/k3s needs, as YAML on stdout: for kubectl create, for kubeseal, for a store of one's own. The first admin's key goes to
// stderr, once. Exit codes: 0 printed, 2 wrong use.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { stringify } from "yaml";
import { generateKey } from "../api/src/auth/generate-key.ts";
import { hashKey } from "../api/src/auth/hash-key.ts";
import { parseCommand } from "./lib/parse-command.ts";

const usage = `Usage: ./scripts/make-secrets | kubectl create -f -

Passwords for components/postgres and components/s3 are made up, and so is the first admin's key, which stderr gets once. From the environment, where set:
  DATABASE_URL                                a database elsewhere, instead of components/postgres
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY    an S3 elsewhere, instead of components/s3
  MISTRAL_API_KEY, GITHUB_TOKEN
  GIT_TOKEN, or GIT_SSH_KEY_FILE and GIT_KNOWN_HOSTS_FILE (components/git-ssh); GIT_SIGNING_KEY_FILE (components/git-signing)`;

parseCommand({ usage });
await main();

async function main(): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value?.trim()));
  const ofS3 = [env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY].filter(Boolean).length;
  if (ofS3 === 1) {
    console.error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are one key: set both, or neither.");
    process.exitCode = 2;
    return;
  }
  const appPassword = newPassword();
  const key = await generateKey();
  const secrets: Record<string, Record<string, string | undefined>> = {
    database: {
      DATABASE_URL:
        env.DATABASE_URL ?? `postgres://support_it_agent:${appPassword}@postgres:5432/support_it_agent`,
    },
    postgres: env.DATABASE_URL ? {} : { POSTGRES_PASSWORD: newPassword(), APP_PASSWORD: appPassword },
    "api-secrets": { FIRST_ADMIN_KEY_SHA256: await hashKey(key.key), MISTRAL_API_KEY: env.MISTRAL_API_KEY },
    "s3-credentials": {
      AWS_ACCESS_KEY_ID: env.AWS_ACCESS_KEY_ID ?? "support-it-agent",
      AWS_SECRET_ACCESS_KEY: env.AWS_SECRET_ACCESS_KEY ?? newPassword(),
    },
    "trainer-git": {
      GIT_TOKEN: env.GIT_TOKEN,
      "ssh-privatekey": await contentOf(env.GIT_SSH_KEY_FILE),
      known_hosts: await contentOf(env.GIT_KNOWN_HOSTS_FILE),
      "signing-key": await contentOf(env.GIT_SIGNING_KEY_FILE),
    },
    github: { GITHUB_TOKEN: env.GITHUB_TOKEN },
  };
  for (const [name, values] of Object.entries(secrets)) {
    const stringData = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
    if (Object.keys(stringData).length === 0) continue;
    const metadata = { name, namespace: "support-it-agent" };
    console.log(
      `---\n${stringify({ apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", stringData })}`.trimEnd(),
    );
  }
  console.error(`The first admin's key, shown this once: ${key.key}`);
}

/** Letters and digits alone: it stands in an address too. */
function newPassword(): string {
  return randomBytes(24).toString("hex");
}

async function contentOf(file: string | undefined): Promise<string | undefined> {
  return file ? readFile(file, "utf8") : undefined;
}
