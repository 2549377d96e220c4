// AWS Lambda: the handlers are lambda.handler and, for a function URL that streams, lambda.streamHandler. The models load while
// the instance starts. DATABASE_URL is a must: an instance has no disk that lasts. So is a key
// in that database, or FIRST_ADMIN_KEY_SHA256. Settings: docs/http.md.
import { ConfigError, parseConfig } from "./config.ts";
import { createPinoLogger } from "./node/create-pino-logger.ts";
import { loadDrizzleAsCommonjs } from "./node/load-drizzle-as-commonjs.ts";
import { openEmbedder } from "./node/open-embedder.ts";
import { describeError } from "./operations/describe-error.ts";

const config = parseConfig(process.env);
if (!config.databaseUrl) {
  throw new ConfigError(
    "DATABASE_URL is not set. A Lambda instance keeps no data: name a PostgreSQL, with DATABASE_DRIVER=neon-http for Neon.",
  );
}
const logger = createPinoLogger(config.logLevel);
process.on("unhandledRejection", (error) =>
  logger.error({ error: describeError(error) }, "unhandled rejection"),
);

const embedder = openEmbedder(config, logger);
loadDrizzleAsCommonjs();
const { createServices } = await import("./node/create-services.ts");
const { createLambdaHandlers } = await import("./node/create-lambda-handlers.ts");
const { app } = await createServices(config, logger, embedder, {
  trustsLoopback: false,
  place: "A Lambda function is reached by other machines",
});

export const { handler, streamHandler } = createLambdaHandlers(app);
