// The server: node api/src/server.ts. Settings come from the environment (docs/http.md). JSON lines go to stdout, what a
// person should read to stderr. SIGHUP makes it serve the bundle that is to serve now. Exit codes: 0 stopped by a signal, 1 it could
// not start, 129 its terminal was closed, 130 stopped at once by a second signal.
import { enableCompileCache } from "node:module";
import type { Embedder } from "@support-it-agent/shared/embedder/embedder";
import { exitAfterEmbedder } from "@support-it-agent/shared/node/embedder/exit-after-embedder";
import { isLoopbackName } from "./auth/is-loopback-name.ts";
import { parseConfig } from "./config.ts";
import { createPinoLogger } from "./node/create-pino-logger.ts";
import { createTerminalCheck } from "./node/create-terminal-check.ts";
import { explainStartFailure } from "./node/explain-start-failure.ts";
import { loadDrizzleAsCommonjs } from "./node/load-drizzle-as-commonjs.ts";
import { openEmbedder } from "./node/open-embedder.ts";
import { registerServer } from "./node/register-server.ts";
import { repositoryRoot } from "./node/repository-root.ts";
import { serveApp } from "./node/serve-app.ts";
import { describeError } from "./operations/describe-error.ts";

const isTerminalGone = createTerminalCheck();
// Nobody is left to read it where its terminal or its reader is gone: no reason to end, or to end otherwise.
process.stderr.on("error", () => {});
// Until there is something to reload: a signal that comes meanwhile must not end the process.
let isReloadWanted = false;
let onReload = () => {
  isReloadWanted = true;
};
let embedder: Promise<Embedder> | undefined;
const exit = (code: number) => void exitAfterEmbedder(embedder, code);
// The first process of a container is ended by no signal that it does not listen to: before it serves, it has nothing to finish.
const endAtOnce = () => exit(0);
process.on("SIGTERM", endAtOnce);
process.on("SIGHUP", () => (isTerminalGone() ? exit(129) : onReload()));

try {
  const config = parseConfig(process.env);
  const logger = createPinoLogger(config.logLevel);
  // A promise that nobody awaited is a fault of one request, and no reason to drop all others.
  process.on("unhandledRejection", (error) =>
    logger.error({ error: describeError(error) }, "unhandled rejection"),
  );

  // All three must come before the modules that they speed up, or that load beside them, which are therefore imported here and not above.
  enableCompileCache();
  embedder = openEmbedder(config, logger);
  loadDrizzleAsCommonjs();
  const { createServices } = await import("./node/create-services.ts");
  const services = await createServices(config, logger, embedder, {
    trustsLoopback: isLoopbackName(config.host),
    place: `HOST=${config.host} is reached by other machines`,
  });
  const server = await serveApp(services.app, config).catch(async (error) => {
    await services.close();
    throw error;
  });
  const unregister = await registerServer(repositoryRoot, {
    url: server.url,
    bundleDir: config.bundleDir,
  }).catch((error: unknown) => {
    // A read-only root, as in a container: there the orchestrator brings new models, and nobody looks for this file.
    logger.debug({ error: describeError(error) }, "this process cannot be found by ./scripts/take-model");
    return async () => {};
  });
  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) return exit(130);
    isStopping = true;
    logger.info({ signal }, "stopping");
    await unregister();
    await server.stop(config.shutdownDeadlineMs);
    await services.close();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.off("SIGTERM", endAtOnce);
  onReload = () => {
    if (!isStopping) void services.reload();
  };
  services.keepRecorded();
  if (isReloadWanted) onReload();

  await services.announce(server.url);
  console.error(
    `Support IT Agent: ${server.url}\n  interface ${server.url}/docs   ready? ${server.url}/readyz`,
  );
  const access = await services.explainAccess();
  if (access) console.error(`  ${access}`);
  const readiness = await services.app.request("/readyz");
  if (!readiness.ok && !isStopping) console.error(`Not ready yet: ${(await readiness.json()).detail}`);
} catch (error) {
  console.error(explainStartFailure(error));
  process.exitCode = 1;
}
