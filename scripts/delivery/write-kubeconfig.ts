// Writes the kubeconfig of a deployment: node scripts/delivery/write-kubeconfig.ts FILE. With KUBE_AUDIENCE it names KUBE_SERVER and KUBE_CA (its PEM in
// base64) and fetches a token of GitHub's for each call; otherwise it is KUBECONFIG_CONTENT, whose token should be one that expires.
// Nothing is installed for it. Exit codes: 0 written, 2 the environment does not say how.
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseCommand } from "../lib/parse-command.ts";
import { DeliveryError } from "./delivery-error.ts";

const { positionals, refuse } = parseCommand({
  usage: "Usage: node scripts/delivery/write-kubeconfig.ts FILE",
  mostPositionals: 1,
});
const file = positionals[0] || refuse("No file was named.");
try {
  const { KUBE_AUDIENCE: audience, KUBECONFIG_CONTENT: content } = process.env;
  if (!audience && !content) {
    throw new DeliveryError(
      2,
      "There is no way into the cluster: set the variables KUBE_SERVER, KUBE_CA and KUBE_AUDIENCE, or the secret KUBECONFIG_CONTENT, in this environment (docs/delivery.md).",
    );
  }
  await writeFile(file, audience ? JSON.stringify(kubeconfigFor(audience), null, 2) : `${content}\n`, {
    mode: 0o600,
  });
  console.error(
    audience ? "A token of GitHub's is fetched for each call." : "The stored kubeconfig is used.",
  );
} catch (error) {
  console.error(error instanceof DeliveryError ? error.message : error);
  process.exitCode = error instanceof DeliveryError ? error.exitCode : 1;
}

/** JSON is YAML too, and needs no quoting of our own. */
function kubeconfigFor(audience: string) {
  const server = setting("KUBE_SERVER", /^https:\/\/\S+$/, "an https address");
  const authority = setting(
    "KUBE_CA",
    /^[A-Za-z0-9+/=\s]+$/,
    "the API server's certificate authority, its PEM in base64",
  );
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "deploy",
    contexts: [
      { name: "deploy", context: { cluster: "deploy", user: "github", namespace: "support-it-agent" } },
    ],
    clusters: [
      { name: "deploy", cluster: { server, "certificate-authority-data": authority.replace(/\s/g, "") } },
    ],
    users: [
      {
        name: "github",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1",
            command: fileURLToPath(new URL("github-token.ts", import.meta.url)),
            env: [{ name: "KUBE_AUDIENCE", value: audience }],
            interactiveMode: "Never",
          },
        },
      },
    ],
  };
}

function setting(name: string, pattern: RegExp, meaning: string): string {
  const value = process.env[name]?.trim() ?? "";
  if (pattern.test(value)) return value;
  throw new DeliveryError(2, `${name} must be ${meaning}.`);
}
