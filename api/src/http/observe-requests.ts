import { createMiddleware } from "hono/factory";
import { routePath } from "hono/route";
import type { Logger } from "../operations/logger.ts";
import type { Metrics } from "../operations/metrics.ts";
import type { AppEnv } from "./app-env.ts";

const probes = new Set(["/livez", "/readyz", "/metrics"]);

/**
 * Counts and times every request, and writes one log line for it. The route's pattern stands for its path: a path or a query
 * may hold what a person typed. The key is named by its id. The time ends with the headers; a stream goes on after it.
 */
export function observeRequests(metrics: Metrics, logger: Logger) {
  const requests = metrics.counter("http_requests_total", "Requests answered.", [
    "method",
    "route",
    "status",
  ]);
  const durations = metrics.histogram("http_request_duration_seconds", "Time until the response starts.", [
    "method",
    "route",
  ]);
  return createMiddleware<AppEnv>(async (c, next) => {
    const startedMs = performance.now();
    c.set("log", logger);
    await next();
    const durationMs = performance.now() - startedMs;
    const method = knownMethods.has(c.req.method) ? c.req.method : "OTHER";
    const matched = routePath(c, -1);
    const route = matched.endsWith("*") ? "none" : matched;
    requests.add([method, route, String(c.res.status)]);
    durations.observe(durationMs, [method, route]);
    const fields = {
      request_id: c.get("requestId"),
      method,
      route,
      status: c.res.status,
      duration_ms: round(durationMs),
      ...(c.get("caller")?.keyId ? { key: c.get("caller").keyId } : {}),
    };
    if (probes.has(route)) logger.debug(fields, "request");
    else logger.info(fields, "request");
  });
}

const knownMethods = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]);

const round = (ms: number) => Math.round(ms * 100) / 100;
