// Brings an overlay into a cluster: ./scripts/deploy --help. KUBECONFIG says which cluster, KUBECTL which kubectl.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createKubectl } from "./delivery/create-kubectl.ts";
import { DeliveryError } from "./delivery/delivery-error.ts";
import { deploy } from "./delivery/deploy.ts";
import { parseImageReference } from "./delivery/image-reference.ts";
import { saysWhatMainSays } from "./delivery/says-what-main-says.ts";
import { smokeTest } from "./delivery/smoke-test.ts";
import { smokeTestQuestion } from "./delivery/smoke-test-question.ts";
import { callerPath } from "./lib/caller-path.ts";
import { parseCommand } from "./lib/parse-command.ts";

const usage = `Usage: ./scripts/deploy --overlay NAME|FOLDER --api-image IMAGE@DIGEST --trainer-image IMAGE@DIGEST --bundle-hash HASH --url URL
         [--commit COMMIT] [--main REF] [--repository FOLDER] [--question TEXT] [--rollout-timeout-s 600] [--migration-timeout-s 900] [--patience-s 60] [--whole-overlay]
       ./scripts/deploy --check-main --commit COMMIT [--main REF] [--repository FOLDER]

  --overlay      infra/k3s/overlays/NAME, or a folder with a kustomization
  --bundle-hash  what the API must serve afterwards; ./scripts/check-bundle prints it
  --url          where the API answers, for the smoke test; its key is read from SUPPORT_IT_AGENT_KEY
  --patience-s   how long after the rollout an instance of the version before may still answer
  --commit       refuses where main (--main, origin/main otherwise) no longer says what this commit says
  --whole-overlay also what is labelled applied-by: admin, for an admin's own kubeconfig
  --check-main   prints current=true or current=false, and does nothing else

Exit codes: 0 it serves, 1 broken before the API was touched, 2 refused, 3 failed and undone, 4 failed and not undone, 5 main has moved on.`;

const root = fileURLToPath(new URL("..", import.meta.url));

const { values, refuse } = parseCommand({
  usage,
  options: {
    overlay: { type: "string" },
    "api-image": { type: "string" },
    "trainer-image": { type: "string" },
    "bundle-hash": { type: "string" },
    url: { type: "string" },
    commit: { type: "string" },
    main: { type: "string", default: "origin/main" },
    repository: { type: "string", default: root },
    question: { type: "string", default: smokeTestQuestion },
    "rollout-timeout-s": { type: "string", default: "600" },
    "migration-timeout-s": { type: "string", default: "900" },
    "patience-s": { type: "string", default: "60" },
    "whole-overlay": { type: "boolean", default: false },
    "check-main": { type: "boolean", default: false },
  },
});

try {
  if (values["check-main"]) {
    const commit = given(values.commit, "commit");
    console.log(
      `current=${await saysWhatMainSays({ root: callerPath(values.repository), commit, main: values.main })}`,
    );
  } else {
    const images = {
      api: parseImageReference(given(values["api-image"], "api-image")),
      trainer: parseImageReference(given(values["trainer-image"], "trainer-image")),
    };
    const bundleHash = given(values["bundle-hash"], "bundle-hash");
    const url = given(values.url, "url");
    const overlayFolder = findOverlay(given(values.overlay, "overlay"));
    const { commit, main, question } = values;
    if (commit && !(await saysWhatMainSays({ root: callerPath(values.repository), commit, main }))) {
      throw new DeliveryError(
        5,
        `${main} no longer says what ${commit} says: nothing was changed here. The run of its newer commit deploys that.`,
      );
    }
    const log = (line: string) => console.error(line);
    const asked = {
      url,
      bundleHash,
      question,
      key: process.env.SUPPORT_IT_AGENT_KEY || undefined,
      patienceMs: seconds(values["patience-s"]) * 1_000,
    };
    await deploy(
      {
        overlayFolder,
        images,
        isWhole: values["whole-overlay"],
        cause: `bundle ${bundleHash.slice(0, 12)}${commit ? `, commit ${commit}` : ""}`,
        rolloutTimeoutSeconds: seconds(values["rollout-timeout-s"]),
        migrationTimeoutMs: seconds(values["migration-timeout-s"]) * 1_000,
      },
      {
        kubectl: createKubectl(process.env.KUBECTL || "kubectl", root, process.env),
        smokeTest: async () => log(await smokeTest(asked)),
        log,
      },
    );
  }
} catch (error) {
  console.error(error instanceof DeliveryError ? error.message : error);
  process.exitCode = error instanceof DeliveryError ? error.exitCode : 1;
}

function given(value: string | undefined, name: string): string {
  return value || refuse(`Missing: --${name}`);
}

function seconds(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new DeliveryError(2, `"${text}" is no number of seconds.`);
}

function findOverlay(nameOrFolder: string): string {
  const folder = /^[a-z0-9-]+$/.test(nameOrFolder)
    ? `${root}infra/k3s/overlays/${nameOrFolder}`
    : callerPath(nameOrFolder);
  if (existsSync(`${folder}/kustomization.yaml`)) return folder;
  throw new DeliveryError(
    2,
    `${folder} holds no kustomization.yaml: name an overlay of infra/k3s/overlays, or a folder.`,
  );
}
