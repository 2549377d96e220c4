#!/usr/bin/env node
// Lets kubectl into a cluster whose API server trusts GitHub's OIDC: kubectl starts this for each of its calls and gets a token of a few minutes, so that
// none is stored anywhere. GitHub sets ACTIONS_ID_TOKEN_REQUEST_URL and _TOKEN in a job with id-token: write; KUBE_AUDIENCE names the cluster.

try {
  const url = new URL(setting("ACTIONS_ID_TOKEN_REQUEST_URL"));
  url.searchParams.set("audience", setting("KUBE_AUDIENCE"));
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${setting("ACTIONS_ID_TOKEN_REQUEST_TOKEN")}` },
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`GitHub gave no token: ${response.status}.`);
  const { value } = (await response.json()) as { value?: unknown };
  if (typeof value !== "string") throw new Error("GitHub's answer holds no token.");
  const status = { token: value, expirationTimestamp: new Date(expiry(value) * 1_000).toISOString() };
  console.log(
    JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status }),
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function setting(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new Error(
    `${name} is not set. The job needs "id-token: write", and the environment the variable KUBE_AUDIENCE.`,
  );
}

/** Seconds since 1970, from the token's own claim. Whether the token is good is the API server's to say. */
function expiry(token: string): number {
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as {
    exp?: unknown;
  };
  if (typeof claims.exp === "number") return claims.exp;
  throw new Error("GitHub's token does not say when it expires.");
}
