import { expect, test } from "vitest";
import { createMetrics } from "./metrics.ts";

test("the text is the format that Prometheus reads: cumulative buckets, escaped labels, gauges read late", () => {
  const metrics = createMetrics();
  const asked = metrics.counter("asked_total", "Questions.", ["route", "status"]);
  const took = metrics.histogram("took_seconds", "Durations.", ["stage"]);
  let running = 1;
  metrics.gauge("running", "Now.", () => running);
  asked.add(['/"a"\\\n', "200"]);
  asked.add(['/"a"\\\n', "200"], 2);
  took.observe(2.5, ["embed"]);
  took.observe(3, ["embed"]);
  took.observe(120_000, ["embed"]);
  running = 7;

  const lines = metrics.render().split("\n");
  expect(lines).toContain('asked_total{route="/\\"a\\"\\\\\\n",status="200"} 3');
  expect(lines).toContain("# TYPE took_seconds histogram");
  expect(lines).toContain('took_seconds_bucket{stage="embed",le="0.001"} 0');
  expect(lines).toContain('took_seconds_bucket{stage="embed",le="0.0025"} 1');
  expect(lines).toContain('took_seconds_bucket{stage="embed",le="0.005"} 2');
  expect(lines).toContain('took_seconds_bucket{stage="embed",le="60"} 2');
  expect(lines).toContain('took_seconds_bucket{stage="embed",le="+Inf"} 3');
  expect(lines).toContain('took_seconds_count{stage="embed"} 3');
  expect(lines.find((line) => line.startsWith("took_seconds_sum"))).toMatch(/ 120\.0055$/);
  expect(lines).toContain("running 7");
  expect(metrics.render().endsWith("\n")).toBe(true);
});

test("labels that come without end do not fill the memory", () => {
  const metrics = createMetrics();
  const counter = metrics.counter("c_total", "C.", ["id"]);
  for (let id = 0; id < 5_000; id += 1) counter.add([String(id)]);
  expect(metrics.render().match(/^c_total\{/gm)?.length).toBe(1_000);
});
