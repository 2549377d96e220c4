import { OpenAPIHono } from "@hono/zod-openapi";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import type { AppDeps } from "./app-deps.ts";
import type { App, AppEnv } from "./http/app-env.ts";
import { observeRequests } from "./http/observe-requests.ts";
import { problemOfIssues } from "./http/problem-of-issues.ts";
import { refuseCrossSite } from "./http/refuse-cross-site.ts";
import { reportProblem } from "./http/report-problem.ts";
import { requestId } from "./http/request-id.ts";
import { Problem, toProblemResponse } from "./problem.ts";
import { addAsk } from "./routes/ask.ts";
import { addLivez } from "./routes/livez.ts";
import { addOpenapiJson } from "./routes/openapi-json.ts";

/**
 * The HTTP interface over what it is given. It reads no environment, opens no socket and runs on every runtime with fetch.
 * Every error leaves as application/problem+json.
 */
export function createApp(deps: AppDeps): App {
  const app = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw problemOfIssues(result.error.issues, result.target);
    },
  });
  app.use(requestId);
  app.use(observeRequests(deps.metrics, deps.logger));
  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } }));
  app.use(refuseCrossSite);
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allow = methods.join(", ");
        const problem = new Problem("method_not_allowed", `Use ${allow} here.`, { headers: { allow } });
        return toProblemResponse(problem, c.get("requestId"));
      },
    }),
  );

  addAsk(app, deps);
  addLivez(app);
  addOpenapiJson(app, deps.version);

  app.notFound((c) =>
    toProblemResponse(
      new Problem("route_not_found", "Nothing is served under this path; /docs lists what is."),
      c.get("requestId"),
    ),
  );
  app.onError((error, c) =>
    toProblemResponse(reportProblem(error, c.get("log"), c.get("requestId")), c.get("requestId")),
  );
  return app;
}
