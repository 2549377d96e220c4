import { OpenAPIHono } from "@hono/zod-openapi";
import { methodNotAllowed } from "hono/method-not-allowed";
import type { AppDeps } from "./app-deps.ts";
import { identifyCallers } from "./auth/identify-callers.ts";
import type { App, AppEnv } from "./http/app-env.ts";
import { observeRequests } from "./http/observe-requests.ts";
import { onlyErrors } from "./http/only-errors.ts";
import { problemOfIssues } from "./http/problem-of-issues.ts";
import { refuseCrossSite } from "./http/refuse-cross-site.ts";
import { reportProblem } from "./http/report-problem.ts";
import { requestId } from "./http/request-id.ts";
import { secureResponses } from "./http/secure-responses.ts";
import { Problem, toProblemResponse } from "./problem.ts";
import { addAddLabel } from "./routes/add-label.ts";
import { addAddQueue } from "./routes/add-queue.ts";
import { addAsk } from "./routes/ask.ts";
import { addClassify } from "./routes/classify.ts";
import { addCreateKey } from "./routes/create-key.ts";
import { addDecideLabel } from "./routes/decide-label.ts";
import { addDeleteDocument } from "./routes/delete-document.ts";
import { addFeedback } from "./routes/feedback.ts";
import { addGetDocument } from "./routes/get-document.ts";
import { addGetDriftReport } from "./routes/get-drift-report.ts";
import { addGetPrediction } from "./routes/get-prediction.ts";
import { addListCycles } from "./routes/list-cycles.ts";
import { addListDecisions } from "./routes/list-decisions.ts";
import { addListDeployments } from "./routes/list-deployments.ts";
import { addListDocuments } from "./routes/list-documents.ts";
import { addListDriftReports } from "./routes/list-drift-reports.ts";
import { addListKeys } from "./routes/list-keys.ts";
import { addListLabels } from "./routes/list-labels.ts";
import { addListQueues } from "./routes/list-queues.ts";
import { addLivez } from "./routes/livez.ts";
import { addMetrics } from "./routes/metrics.ts";
import { addModel } from "./routes/model.ts";
import { addNextLabel } from "./routes/next-label.ts";
import { addOpenapiJson } from "./routes/openapi-json.ts";
import { addPages } from "./routes/pages.ts";
import { addPerformance } from "./routes/performance.ts";
import { addPutDocuments } from "./routes/put-documents.ts";
import { addReadyz } from "./routes/readyz.ts";
import { addRevokeKey } from "./routes/revoke-key.ts";
import { addSearch } from "./routes/search.ts";
import { addTickets } from "./routes/tickets.ts";
import { addVersion } from "./routes/version.ts";

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
  app.use(secureResponses);
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
  app.use(onlyErrors);
  app.use(identifyCallers(deps.identify));

  addAsk(app, deps);
  addClassify(app, deps);
  addSearch(app, deps);
  addFeedback(app, deps);
  addGetPrediction(app, deps);
  addPutDocuments(app, deps);
  addListDocuments(app, deps);
  addGetDocument(app, deps);
  addDeleteDocument(app, deps);
  addTickets(app, deps);
  addCreateKey(app, deps);
  addListKeys(app, deps);
  addRevokeKey(app, deps);
  addListQueues(app, deps);
  addAddQueue(app, deps);
  addNextLabel(app, deps);
  addAddLabel(app, deps);
  addListLabels(app, deps);
  addDecideLabel(app, deps);
  addListDriftReports(app, deps);
  addGetDriftReport(app, deps);
  addListDecisions(app, deps);
  addListCycles(app, deps);
  addListDeployments(app, deps);
  addPerformance(app, deps);
  addModel(app, deps);
  addLivez(app);
  addReadyz(app, deps);
  addVersion(app, deps);
  addMetrics(app, deps);
  addPages(app, deps);
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
