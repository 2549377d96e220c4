import type { TrainerConfig } from "../config.ts";
import type { RemoteAccess } from "./remote-access.ts";

/** What of the caller's environment git may see: how to reach the remote. Nothing that changes what a commit holds. */
const passed =
  /^(PATH|HOME|USER|TMPDIR|GIT_SSH_COMMAND|SSH_AUTH_SOCK|SSL_CERT_FILE|SSL_CERT_DIR|GIT_SSL_CAINFO|CURL_CA_BUNDLE|(https?|all|no)_proxy)$/i;

/**
 * The environment of every git that we start: pinned, so that it does the same on every machine. No file of configuration outside of the repository is
 * read (`usesOwnConfig` lets a person's own be, for a command typed in their checkout), nothing prompts, no hook runs, nothing goes on in the background.
 * A token is handed out by a credential helper that reads it from this environment: to the remote's own host, when that asks, and in no argument.
 */
export function gitEnv(options: {
  readonly env: Readonly<Record<string, string>>;
  readonly git: TrainerConfig["git"];
  readonly access: RemoteAccess | null;
  readonly usesOwnConfig?: boolean;
}): Record<string, string> {
  const { env, git, access, usesOwnConfig = false } = options;
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => passed.test(name)));
  return {
    GIT_SSH_COMMAND: "ssh -o BatchMode=yes -o ConnectTimeout=20",
    ...own,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    ...(usesOwnConfig ? {} : { GIT_CONFIG_GLOBAL: "/dev/null" }),
    GIT_TERMINAL_PROMPT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_HTTP_LOW_SPEED_LIMIT: "100",
    GIT_HTTP_LOW_SPEED_TIME: "60",
    GIT_AUTHOR_NAME: git.authorName,
    GIT_AUTHOR_EMAIL: git.authorEmail,
    GIT_COMMITTER_NAME: git.authorName,
    GIT_COMMITTER_EMAIL: git.authorEmail,
    ...(access?.token ? { [tokenVariable]: access.token, [userVariable]: access.user } : {}),
    ...configEntries([
      ["core.hooksPath", "/dev/null"],
      ["core.autocrlf", "false"],
      ["core.quotePath", "false"],
      ["gc.auto", "0"],
      ["maintenance.auto", "false"],
      ["advice.detachedHead", "false"],
      ...signing(git.signingKey),
      ...credentials(access),
    ]),
  };
}

const tokenVariable = "SUPPORT_IT_AGENT_GIT_TOKEN";
const userVariable = "SUPPORT_IT_AGENT_GIT_USER";

function signing(key: string | undefined): [string, string][] {
  if (!key) return [];
  return [
    ["gpg.format", "ssh"],
    ["user.signingKey", key],
  ];
}

function credentials(access: RemoteAccess | null): [string, string][] {
  if (!access?.token) return [];
  const helper = `!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$${userVariable}" "$${tokenVariable}"; }; f`;
  // An empty helper forgets those that came before: of a person's own configuration, which might write the token down.
  return [
    ["credential.helper", ""],
    [`credential.${new URL(access.url).origin}.helper`, helper],
  ];
}

function configEntries(entries: readonly [string, string][]): Record<string, string> {
  const numbered = entries.flatMap(([key, value], i) => [
    [`GIT_CONFIG_KEY_${i}`, key],
    [`GIT_CONFIG_VALUE_${i}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length), ...Object.fromEntries(numbered) };
}
