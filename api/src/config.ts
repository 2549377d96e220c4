import { z } from "zod";

/** What the entry points read from the environment. Everything behind them gets it as arguments. */
export type Config = z.infer<typeof configSchema>;

/** The environment holds values that cannot be used. The message names every one of them and the next step. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * The environment as a configuration. An empty variable is an absent one. Throws ConfigError, which lists all wrong
 * variables at once and never repeats a value: it may be a secret.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new ConfigError(
    `The environment cannot be used:\n${lines.join("\n")}\nCorrect or unset these, then start again (docs/http.md lists them all).`,
  );
}

const wholeNumber = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\s*\d{1,12}\s*$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be a whole number from ${min} to ${max}`)
    .default(fallback);

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, `must be one of ${values.join(", ")}`);

const configSchema = z
  .object({
    /** Port 0 takes any free one; the address printed at the start names it. */
    PORT: wholeNumber(0, 65_535, 8000),
    /** Loopback by default: who serves others says so, with 0.0.0.0 or ::. */
    HOST: z.string().default("127.0.0.1"),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, {
        error: "must start with postgres:// or postgresql://, or be unset for the embedded database",
        abort: true,
      })
      .refine(
        isDatabaseAddress,
        "cannot be read as an address: write # / ? @ in the password as %23 %2F %3F %40",
      )
      .optional(),
    DATABASE_DRIVER: oneOf(["node-postgres", "neon-http", "neon-websocket"]).optional(),
    /** Folder of the embedded database. */
    DATA_DIR: z.string().default(".data"),
    /** Folder with the MiniLM weights; where absent, the one that `node scripts/get-weights.ts` fills. */
    MODEL_DIR: z.string().optional(),
    /** Folder of the model bundle; where absent, models/current if it has a manifest, else models/starter. */
    BUNDLE_DIR: z.string().optional(),
    MISTRAL_API_KEY: z.string().optional(),
    MISTRAL_MODEL: z.string().default("ministral-8b-2512"),
    MISTRAL_SERVER_URL: z
      .url({ protocol: /^https?$/, error: "must be an address such as http://127.0.0.1:11434" })
      .optional(),
    EMBEDDER_RUNTIME: oneOf(["auto", "native", "wasm"]).default("auto"),
    EMBEDDER_WORKERS: wholeNumber(1, 64, 2),
    /** Threads that share the run of a question that comes alone; 0 for two, or one on a single core. */
    EMBEDDER_RUN_THREADS: wholeNumber(0, 64, 0),
    LOG_LEVEL: oneOf(["debug", "info", "warn", "error", "silent"]).default("info"),
    /** A whole /ask, the language model included. */
    ASK_DEADLINE_MS: wholeNumber(100, 600_000, 60_000),
    /** Any other request that runs a model or a query, but for an import. */
    REQUEST_DEADLINE_MS: wholeNumber(100, 600_000, 30_000),
    /** From SIGTERM until answers under way are cut off; keep it under the orchestrator's grace period. */
    SHUTDOWN_DEADLINE_MS: wholeNumber(0, 600_000, 25_000),
    MAX_CONCURRENT_REQUESTS: wholeNumber(1, 10_000, 64),
    MAX_QUEUED_REQUESTS: wholeNumber(0, 100_000, 256),
    /** A whole POST /tickets, however many rows it brings; a document, however many passages it makes. */
    IMPORT_DEADLINE_MS: wholeNumber(1_000, 86_400_000, 3_600_000),
    MAX_IMPORT_BYTES: wholeNumber(1_024, 107_374_182_400, 1_073_741_824),
    /** SHA-256 of a first admin's key, where no database holds one yet: how a cluster begins. */
    FIRST_ADMIN_KEY_SHA256: z
      .string()
      .trim()
      .toLowerCase()
      .regex(
        /^[0-9a-f]{64}$/,
        'must be the 64 hexadecimal digits that "./scripts/keys create --offline" prints',
      )
      .optional(),
    /** Which part of the predictions agents label without seeing them, in percent. */
    BLIND_LABEL_PERCENT: wholeNumber(0, 100, 5),
  })
  .superRefine((given, context) => {
    if (given.DATABASE_DRIVER && !given.DATABASE_URL) {
      context.addIssue({
        code: "custom",
        path: ["DATABASE_DRIVER"],
        message: "needs DATABASE_URL; unset both for the embedded database",
      });
    }
  })
  .transform((given) => ({
    port: given.PORT,
    host: given.HOST,
    databaseUrl: given.DATABASE_URL,
    databaseDriver: given.DATABASE_DRIVER,
    dataDir: given.DATA_DIR,
    modelDir: given.MODEL_DIR,
    bundleDir: given.BUNDLE_DIR,
    mistralApiKey: given.MISTRAL_API_KEY,
    mistralModel: given.MISTRAL_MODEL,
    mistralServerUrl: given.MISTRAL_SERVER_URL,
    embedderRuntime: given.EMBEDDER_RUNTIME,
    embedderWorkers: given.EMBEDDER_WORKERS,
    embedderRunThreads: given.EMBEDDER_RUN_THREADS,
    logLevel: given.LOG_LEVEL,
    askDeadlineMs: given.ASK_DEADLINE_MS,
    requestDeadlineMs: given.REQUEST_DEADLINE_MS,
    shutdownDeadlineMs: given.SHUTDOWN_DEADLINE_MS,
    maxConcurrentRequests: given.MAX_CONCURRENT_REQUESTS,
    maxQueuedRequests: given.MAX_QUEUED_REQUESTS,
    importDeadlineMs: given.IMPORT_DEADLINE_MS,
    maxImportBytes: given.MAX_IMPORT_BYTES,
    firstAdminKeySha256: given.FIRST_ADMIN_KEY_SHA256,
    blindLabelShare: given.BLIND_LABEL_PERCENT / 100,
  }));

/** The names of all variables that parseConfig reads: what a manifest may set. */
export const configNames: readonly string[] = Object.keys(configSchema.in.shape);

/**
 * True for what drivers can read as an address, one without a host included (a socket). A password with a bare # / or ? ends the host's part in its
 * middle: either nothing can be read then, or the host is what comes before the password, and an @ stands where none belongs.
 */
function isDatabaseAddress(text: string): boolean {
  // "user@/database", through a socket: URL takes no user without a host.
  if (!URL.canParse(text.replace("@/", "@socket/"))) return false;
  const [, authority = "", rest = ""] = /^\w+:\/\/([^/?#]*)(.*)$/s.exec(text) ?? [];
  const value = rest.indexOf("=");
  return authority.includes("@") || !rest.slice(0, value < 0 ? undefined : value).includes("@");
}
