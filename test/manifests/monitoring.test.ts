import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { migrate } from "../../shared/src/node/database/migrate.ts";
import { openNodePostgres } from "../../shared/src/node/database/open-node-postgres.ts";
import { type PostgresServer, startPostgres } from "../database/start-postgres.ts";
import { createRealApp, type RealApp } from "../http/create-real-app.ts";
import { parseQuery, type Selector } from "./parse-query.ts";
import { k3sFolder } from "./render.ts";

const durationSchema = z.string().regex(/^\d+[smhd]$/);
const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      interval: durationSchema.optional(),
      rules: z.array(
        z.union([
          z.strictObject({ record: z.string().regex(/^[a-z0-9_]+(:[a-z0-9_]+)+$/), expr: z.string() }),
          z.strictObject({
            alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
            expr: z.string(),
            for: durationSchema.optional(),
            labels: z.strictObject({ severity: z.enum(["warning", "critical"]) }),
            annotations: z.strictObject({
              summary: z.string(),
              runbook: z.string().regex(/^docs\/operations\.md#[a-z]+$/),
            }),
          }),
        ]),
      ),
    }),
  ),
});

const dashboardSchema = z.looseObject({
  uid: z.string(),
  panels: z.array(
    z.looseObject({
      id: z.number(),
      type: z.enum(["row", "stat", "timeseries"]),
      title: z.string().min(3),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.looseObject({ expr: z.string() })).default([]),
    }),
  ),
});

/** Of kube-state-metrics, the kubelet, node_exporter and Prometheus itself, by their documentation. */
const standard: Readonly<Record<string, readonly string[]>> = {
  up: ["job", "instance"],
  kube_deployment_status_replicas_available: ["namespace", "deployment"],
  kube_deployment_status_condition: ["namespace", "deployment", "condition", "status"],
  kube_pod_container_status_restarts_total: ["namespace", "pod", "container"],
  kube_job_status_failed: ["namespace", "job_name", "reason"],
  kube_job_created: ["namespace", "job_name"],
  kube_cronjob_status_last_schedule_time: ["namespace", "cronjob"],
  kube_cronjob_status_last_successful_time: ["namespace", "cronjob"],
  kube_cronjob_created: ["namespace", "cronjob"],
  kube_cronjob_spec_suspend: ["namespace", "cronjob"],
  kube_node_status_condition: ["node", "condition", "status"],
  node_filesystem_avail_bytes: ["instance", "mountpoint", "fstype", "device"],
  node_filesystem_size_bytes: ["instance", "mountpoint", "fstype", "device"],
  kubelet_volume_stats_available_bytes: ["namespace", "persistentvolumeclaim"],
  kubelet_volume_stats_capacity_bytes: ["namespace", "persistentvolumeclaim"],
};

const read = (name: string) => readFile(`${k3sFolder}monitoring/${name}`, "utf8");

let server: PostgresServer;
let real: RealApp;
let rules: z.infer<typeof rulesSchema>["groups"][number]["rules"];
let panels: z.infer<typeof dashboardSchema>["panels"];
/** The labels of each metric that the running API prints, and of the recorded ones. */
let known: Map<string, readonly string[]>;

beforeAll(async () => {
  rules = rulesSchema.parse(parse(await read("rules.yaml"))).groups.flatMap((group) => group.rules);
  panels = dashboardSchema.parse(JSON.parse(await read("dashboard.json"))).panels;
  server = await startPostgres();
  const database = openNodePostgres({ url: server.url });
  await migrate(database);
  real = await createRealApp(database);
  await ask();
  // The second answer is one of less than usual.
  await server.stop();
  await ask();
  const printed = await (await real.app.request("http://localhost/metrics")).text();
  known = new Map([...labelsOf(printed), ...Object.entries(standard)]);
  // The server's own entry adds the gauge of its process.
  const services = await readFile(new URL("../../api/src/node/create-services.ts", import.meta.url), "utf8");
  for (const [, gauge = ""] of services.matchAll(/^\s+(process_\w+): \{ help:/gm))
    known.set(gauge, ["job", "instance"]);
  for (const rule of rules) if ("record" in rule) known.set(rule.record, []);
}, 300_000);

afterAll(async () => {
  await real?.close();
  await server?.end();
});

describe("every query", () => {
  test("of the rules reads metrics and labels that there are", () => {
    expect(rules.length).toBeGreaterThan(15);
    expect(rules.flatMap(({ expr }) => unknownIn(parseQuery(expr)))).toEqual([]);
  });

  test("of the dashboard does too", () => {
    const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(15);
    expect(queries.flatMap((expr) => unknownIn(parseQuery(expr)))).toEqual([]);
  });

  test("of the API's own metrics asks for the job that scrape.yaml names", async () => {
    const job = z
      .object({ scrape_configs: z.array(z.looseObject({ job_name: z.string() })).length(1) })
      .parse(parse(await read("scrape.yaml"))).scrape_configs[0]?.job_name;
    const queries = [
      ...rules.map(({ expr }) => expr),
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ];
    const selectors = queries
      .flatMap(parseQuery)
      .filter(({ metric }) => /^(http|agent|process)_|^up$/.test(metric));
    expect(new Set(selectors.map(({ labels }) => labels.job))).toEqual(new Set([job]));
  });
});

test("a misspelt metric, a label that it does not have and a broken query are found", () => {
  expect(unknownIn(parseQuery('rate(http_request_total{job="x"}[5m])'))).toEqual(["http_request_total"]);
  expect(unknownIn(parseQuery('agent_answers_total{reason="x"}'))).toEqual(["agent_answers_total{reason}"]);
  expect(() => parseQuery("sum(rate(http_requests_total[5m])")).toThrow(/no query of Prometheus/);
  expect(() => parseQuery("rate(http_requests_total[5 minutes])")).toThrow(/no query of Prometheus/);
});

test("the codes that alerts wait for are those that answers bear", async () => {
  const sources = await Promise.all(
    ["answer-question.ts", "generation/generation.ts"].map((file) =>
      readFile(fileURLToPath(new URL(`../../api/src/${file}`, import.meta.url)), "utf8"),
    ),
  );
  const codes = rules
    .flatMap(({ expr }) => parseQuery(expr))
    .filter(({ metric }) => metric === "agent_degraded_total")
    .flatMap(({ labels }) => labels.code?.split("|") ?? []);
  expect(codes.length).toBeGreaterThan(1);
  expect(codes.filter((code) => !sources.some((source) => source.includes(`"${code}"`)))).toEqual([]);
});

test("each alert has a section of its own in docs/operations.md, under its name, and no section lacks its alert", async () => {
  const text = await readFile(fileURLToPath(new URL("../../docs/operations.md", import.meta.url)), "utf8");
  const sections = [...text.matchAll(/^### ([A-Z][A-Za-z]+)$/gm)].map(([, name]) => name);
  const alerts = rules.flatMap((rule) => ("alert" in rule ? [rule] : []));
  expect(sections.toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted());
  for (const { alert, annotations } of alerts) {
    expect(annotations.runbook).toBe(`docs/operations.md#${alert.toLowerCase()}`);
  }
});

test("the dashboard's panels have ids of their own and cover each other nowhere", () => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const overlaps = panels.flatMap((one, index) =>
    panels
      .slice(index + 1)
      .filter((other) => meets(one.gridPos, other.gridPos))
      .map((other) => `${one.title}, ${other.title}`),
  );
  expect(overlaps).toEqual([]);
  expect(panels.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([]);
});

async function ask(): Promise<void> {
  const answer = await real.app.request("http://localhost/ask", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ question: "Mon VPN ne marche pas" }),
  });
  expect(answer.status, real.lines.join("\n")).toBe(200);
}

type Place = { x: number; y: number; w: number; h: number };

const meets = (one: Place, other: Place) =>
  one.x < other.x + other.w &&
  other.x < one.x + one.w &&
  one.y < other.y + other.h &&
  other.y < one.y + one.h;

function unknownIn(selectors: readonly Selector[]): string[] {
  return selectors.flatMap(({ metric, labels }) => {
    const has = known.get(metric);
    if (!has) return [metric];
    const missing = Object.keys(labels).filter((label) => !has.includes(label));
    return missing.map((label) => `${metric}{${label}}`);
  });
}

/** What Prometheus' text format names: families, their histograms' series, and the labels that were seen. A scrape adds job and instance. */
function labelsOf(printed: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [, family = "", type] of printed.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const suffixes = type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
    for (const suffix of suffixes) found.set(family + suffix, ["job", "instance"]);
  }
  for (const [, name = "", labels = ""] of printed.matchAll(/^([a-z_]+)\{(.*)\} \S+$/gm)) {
    const names = [...labels.matchAll(/([a-z_]+)="/g)].flatMap(([, label]) => label ?? []);
    found.set(name, [...new Set([...(found.get(name) ?? []), ...names])]);
  }
  return found;
}
