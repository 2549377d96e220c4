import { beforeAll, describe, expect, test } from "vitest";
import { configNames, parseConfig } from "../../api/src/config.ts";
import type { Manifest } from "../../scripts/delivery/parse-manifests.ts";
import { parseTrainerConfig, trainerConfigNames } from "../../trainer/src/config.ts";
import { settingsOf } from "./check-manifests.ts";
import { ensureKubectl } from "./ensure-kubectl.ts";
import { type Pod, podOf } from "./pod-of.ts";
import { overlays, render } from "./render.ts";

beforeAll(() => ensureKubectl(), 300_000);

/** Read by what the trainer starts, or by its parts that parse no configuration: each with who reads it. */
const trainerAlso: Readonly<Record<string, string>> = {
  DATABASE_URL: "trainer/src/database/open-training-database.ts",
  DATABASE_DRIVER: "trainer/src/database/open-training-database.ts",
  MODEL_DIR: "trainer/src/cli.ts",
  MLFLOW_TRACKING_URI: "trainer/python/tracking.py",
  MLFLOW_TRACKING_TOKEN: "MLflow's client",
  MLFLOW_TRACKING_USERNAME: "MLflow's client",
  MLFLOW_TRACKING_PASSWORD: "MLflow's client",
  MLFLOW_DISABLE_TELEMETRY: "MLflow's client",
  ORT_DISABLE_TELEMETRY: "ONNX Runtime",
  RAY_ADDRESS: "trainer/python/tune.py",
  RAY_AUTH_TOKEN: "trainer/python/tune.py",
  RAY_TMPDIR: "Ray",
  RAY_USAGE_STATS_ENABLED: "Ray",
  DVC_SITE_CACHE_DIR: "DVC",
  DVC_NO_ANALYTICS: "DVC",
  AWS_ACCESS_KEY_ID: "DVC's S3 client",
  AWS_SECRET_ACCESS_KEY: "DVC's S3 client",
  AWS_DEFAULT_REGION: "DVC's S3 client",
  AWS_MAX_ATTEMPTS: "DVC's S3 client",
  AWS_RETRY_MODE: "DVC's S3 client",
  AWS_EC2_METADATA_DISABLED: "DVC's S3 client",
  AWS_REQUEST_CHECKSUM_CALCULATION: "DVC's S3 client",
  AWS_RESPONSE_CHECKSUM_VALIDATION: "DVC's S3 client",
  GIT_SSH_COMMAND: "git",
  HOME: "all of them",
  TMPDIR: "all of them",
};

/** Stand-ins of the right form for what comes out of Secrets. */
const secretValues: Readonly<Record<string, string>> = {
  DATABASE_URL: "postgres://someone:something@postgres:5432/support_it_agent",
  FIRST_ADMIN_KEY_SHA256: "0".repeat(64),
};

describe.each(overlays)("overlays/%s", (overlay) => {
  let manifests: Manifest[];
  beforeAll(async () => {
    manifests = await render(`overlays/${overlay}`);
  });

  test("every variable of the API's pods is one that the API reads, with a value it takes", () => {
    for (const [kind, name] of [
      ["Deployment", "api"],
      ["Job", "migrate"],
    ] as const) {
      const environment = environmentOf(kind, name, manifests);
      expect(unknownIn(environment, configNames)).toEqual([]);
      expect(() => parseConfig(environment)).not.toThrow();
    }
  });

  test("every variable of the trainer's pod is one that the trainer or its tools read, with a value it takes", () => {
    const environment = environmentOf("CronJob", "trainer-cycle", manifests);
    expect(unknownIn(environment, [...trainerConfigNames, ...Object.keys(trainerAlso)])).toEqual([]);
    expect(() => parseTrainerConfig(environment)).not.toThrow();
  });

  test("the trainer knows where to push, where DVC's remote is, and where the API answers", () => {
    const { git, dvc, api, github, scratchDir } = parseTrainerConfig(
      environmentOf("CronJob", "trainer-cycle", manifests),
    );
    expect(git.remoteUrl).toBeDefined();
    expect(dvc.remoteUrl).toMatch(/^s3:\/\//);
    expect(github.repository).toBeDefined();
    expect(api.url).toBe("http://api:8000");
    expect(scratchDir).toMatch(/^\/scratch\//);
  });
});

test("a name with a typing error, and a value that is refused, are found", () => {
  expect(unknownIn({ LOG_LEVL: "info" }, configNames)).toEqual(["LOG_LEVL"]);
  expect(() => parseConfig({ EMBEDDER_WORKERS: "two" })).toThrow(/EMBEDDER_WORKERS/);
});

/** What the first container of a workload finds in its environment. */
function environmentOf(kind: string, name: string, manifests: readonly Manifest[]): Record<string, string> {
  const pod = manifests.filter((one) => one.kind === kind && one.metadata.name === name).map(podOf)[0];
  if (!pod) throw new Error(`${kind} ${name} is not there`);
  return { ...settingsOf(pod, manifests), ...ownOf(pod) };
}

function ownOf({ spec }: Pod): Record<string, string> {
  const entries = spec.containers[0]!.env.map(({ name, value }) => [
    name,
    value ?? secretValues[name] ?? "x",
  ]);
  return Object.fromEntries(entries);
}

const unknownIn = (environment: Readonly<Record<string, string>>, known: readonly string[]) =>
  Object.keys(environment).filter((name) => !known.includes(name));
