import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { parseManifests } from "../../scripts/delivery/parse-manifests.ts";
import { ensureKubectl } from "./ensure-kubectl.ts";
import { applied, everyComponent, render } from "./render.ts";
import { validateSchemas } from "./validate-schemas.ts";

/** Supported today: 1.35 and later. K3s users still run 1.33 and 1.34. */
const versions = ["1.33", "1.34", "1.35", "1.36", "1.37"];

const fixturesFolder = fileURLToPath(new URL("fixtures/", import.meta.url));

beforeAll(async () => {
  await ensureKubectl();
  await validateSchemas([], []);
}, 600_000);

test.each([...applied, everyComponent])(
  "%s is what Kubernetes 1.33 to 1.37 know, field by field",
  async (folder) => {
    const manifests = await render(folder);
    expect(manifests.length).toBeGreaterThan(5);
    expect(await validateSchemas(manifests, versions)).toEqual([]);
  },
);

describe("a planted error is found", () => {
  const found: Readonly<Record<string, readonly RegExp[]>> = {
    "unknown-field.yaml": [/^1\.33 Deployment planted: spec\.strategy\.rollingUpdate: .*maxUnavailabel/],
    "wrong-type.yaml": [/^1\.33 ConfigMap planted: data\.PORT: 8000 is not of type/],
    "missing-field.yaml": [/^1\.33 CronJob planted: spec: 'jobTemplate' is a required property/],
    "removed-version.yaml": [/^1\.33 .*autoscaling\/v2beta2 HorizontalPodAutoscaler does not exist/],
    "newer-field.yaml": [/^1\.33 Pod planted: spec: .*workloadRef/],
  };

  test.each(Object.entries(found))("%s", async (file, patterns) => {
    const findings = await validateSchemas(parseManifests(await readFile(fixturesFolder + file, "utf8")), [
      "1.33",
    ]);
    expect(findings).toHaveLength(patterns.length);
    for (const pattern of patterns) expect(findings.join("\n")).toMatch(pattern);
  });

  test("and every fixture is one", async () => {
    expect((await readdir(fixturesFolder)).filter((name) => name.endsWith(".yaml")).sort()).toEqual(
      Object.keys(found).sort(),
    );
  });

  test("a newer field is no error where it exists", async () => {
    const manifests = parseManifests(await readFile(`${fixturesFolder}newer-field.yaml`, "utf8"));
    expect(await validateSchemas(manifests, ["1.35"])).toEqual([]);
  });
});
