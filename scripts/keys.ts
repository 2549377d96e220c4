// Keys of callers: node scripts/keys.ts create | list | revoke | hash. Works on the database of DATABASE_URL or the embedded one, and through
// the server that holds that one open (with SUPPORT_IT_AGENT_KEY where keys exist). A new key goes to stdout, once; what a person should
// read to stderr. Exit codes: 0 done, 1 broken, 2 wrong use, 3 no such key.
import { userInfo } from "node:os";
import { text } from "node:stream/consumers";
import { generateKey } from "../api/src/auth/generate-key.ts";
import { hashKey } from "../api/src/auth/hash-key.ts";
import { keyPattern, keyPrefixPattern } from "../api/src/auth/key-pattern.ts";
import { type Scope, scopes } from "../api/src/auth/scopes.ts";
import type { StoredKey } from "../api/src/auth/stored-key.ts";
import { parseConfig } from "../api/src/config.ts";
import { openKeys } from "./lib/open-keys.ts";
import { parseCommand } from "./lib/parse-command.ts";
import { parseExpiry } from "./lib/parse-expiry.ts";
import { renderTable } from "./lib/render-table.ts";

const usage = `Usage:
  ./scripts/keys create --name NAME --scopes ${scopes.join(",")} [--expires 90d]
  ./scripts/keys create --offline     a first admin's key and its hash, for FIRST_ADMIN_KEY_SHA256; no database is asked
  ./scripts/keys list [--json]
  ./scripts/keys revoke PREFIX [--distrust-labels]
  ./scripts/keys hash                 of the key on stdin`;

class UsageError extends Error {}

try {
  process.exitCode = await main();
} catch (error) {
  const isUsage = error instanceof UsageError;
  console.error(error instanceof Error ? error.message : String(error));
  if (isUsage) console.error(usage);
  process.exitCode = isUsage ? 2 : 1;
}

async function main(): Promise<number> {
  const { values, positionals } = parseCommand({
    usage,
    mostPositionals: 2,
    options: {
      name: { type: "string" },
      scopes: { type: "string" },
      expires: { type: "string" },
      offline: { type: "boolean" },
      json: { type: "boolean" },
      "distrust-labels": { type: "boolean" },
    },
  });
  const [command, prefix] = positionals;
  if (prefix !== undefined && command !== "revoke")
    throw new UsageError("There are more words than the command takes.");
  if (command === "hash") return hash();
  if (command === "create" && values.offline) return createOffline();
  if (command === "create") return create(values.name, values.scopes, values.expires);
  if (command === "list") return list(values.json ?? false);
  if (command === "revoke") return revoke(prefix, values["distrust-labels"] ?? false);
  throw new UsageError(command ? `There is no command ${command}.` : "No command was given.");
}

async function create(name?: string, held?: string, expires?: string): Promise<number> {
  if (!name?.trim()) throw new UsageError("--name is missing: say whose key it is.");
  const wanted = parseScopes(held);
  const expiresInDays = expires === undefined ? null : parseExpiry(expires);
  if (Number.isNaN(expiresInDays))
    throw new UsageError("--expires takes days, such as 90d, from 1d to 3650d.");
  await using keys = await openKeys(parseConfig(process.env), `local:${userInfo().username}`);
  const created = await keys.create({ name: name.trim(), scopes: wanted, expiresInDays });
  console.error(
    `A key for ${created.name} (${created.scopes.join(", ")}), ${created.expiresAt ? `until ${created.expiresAt}` : "without an end"}, in ${keys.target}.\nIt is shown this once:`,
  );
  console.log(created.key);
  if (created.scopes.includes("admin")) return 0;
  // A list that is refused says nothing of whether an admin's key exists.
  const all = await keys.list().catch(() => null);
  if (all && !all.some((key) => key.scopes.includes("admin") && key.revokedAt === null)) {
    console.error(
      "No key is an admin's yet. Make one, too: from now on a running server asks for a key, and only an admin's makes others.",
    );
  }
  return 0;
}

function parseScopes(held: string | undefined): Scope[] {
  const named = (held ?? "")
    .split(",")
    .map((scope) => scope.trim())
    .filter(Boolean);
  const wanted = scopes.filter((scope) => named.includes(scope));
  const unknown = named.filter((scope) => !scopes.some((known) => known === scope));
  if (unknown.length > 0) throw new UsageError(`There is no scope ${unknown.join(", ")}.`);
  if (wanted.length === 0) throw new UsageError(`--scopes is missing: one or more of ${scopes.join(", ")}.`);
  return wanted;
}

async function createOffline(): Promise<number> {
  const { key, hash } = await generateKey();
  console.error("A first admin's key. Keep it; give the server its hash alone, in FIRST_ADMIN_KEY_SHA256:");
  console.log(`${key}\n${hash}`);
  return 0;
}

async function hash(): Promise<number> {
  const key = (await text(process.stdin)).trim();
  if (!keyPattern.test(key)) throw new UsageError("What came on stdin is no key of this agent.");
  console.log(await hashKey(key));
  return 0;
}

async function list(asJson: boolean): Promise<number> {
  await using keys = await openKeys(parseConfig(process.env), `local:${userInfo().username}`);
  const all = await keys.list();
  if (asJson) {
    console.log(JSON.stringify(all));
    return 0;
  }
  console.error(`${all.length} keys in ${keys.target}`);
  const rows = all.map((key) => [key.prefix, key.name, key.scopes.join(","), stateOf(key)]);
  if (rows.length > 0) console.log(renderTable([["PREFIX", "NAME", "SCOPES", "STATE"], ...rows]));
  return 0;
}

function stateOf({ revokedAt, expiresAt, labelsDistrusted }: StoredKey): string {
  const distrusted = labelsDistrusted ? ", labels distrusted" : "";
  if (revokedAt) return `revoked ${revokedAt}${distrusted}`;
  if (expiresAt === null) return "valid";
  return `${Date.parse(expiresAt) <= Date.now() ? "expired" : "valid until"} ${expiresAt}`;
}

async function revoke(prefix: string | undefined, distrustsLabels: boolean): Promise<number> {
  if (!prefix || !keyPrefixPattern.test(prefix))
    throw new UsageError("Name the key by its prefix: sia_ and eight characters, as list shows it.");
  await using keys = await openKeys(parseConfig(process.env), `local:${userInfo().username}`);
  const revoked = await keys.revoke({ prefix, distrustsLabels });
  if (!revoked) {
    console.error(`No key begins with ${prefix} in ${keys.target}.`);
    return 3;
  }
  console.error(`The key of ${revoked.name} is revoked. Running servers refuse it within 5 seconds.`);
  return 0;
}
