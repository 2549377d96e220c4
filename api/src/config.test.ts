import { expect, test } from "vitest";
import { ConfigError, parseConfig } from "./config.ts";

test("an empty environment is a whole configuration, on loopback", () => {
  expect(parseConfig({})).toMatchObject({
    port: 8000,
    host: "127.0.0.1",
    databaseUrl: undefined,
    dataDir: ".data",
    mistralApiKey: undefined,
    mistralModel: "ministral-8b-2512",
    embedderRuntime: "auto",
    logLevel: "info",
  });
});

test("an empty or blank variable is an absent one", () => {
  const blank = Object.fromEntries(
    ["PORT", "HOST", "DATABASE_URL", "MISTRAL_API_KEY", "LOG_LEVEL"].map((name) => [name, " "]),
  );
  expect(parseConfig(blank)).toEqual(parseConfig({}));
  expect(parseConfig({ PORT: "", MISTRAL_SERVER_URL: "" })).toEqual(parseConfig({}));
});

test("values are taken as they are meant", () => {
  const config = parseConfig({
    PORT: "0",
    DATABASE_URL: "postgres://u:p@h/d",
    DATABASE_DRIVER: "neon-http",
    MISTRAL_SERVER_URL: "http://127.0.0.1:11434",
    FIRST_ADMIN_KEY_SHA256: ` ${"AB".repeat(32)} `,
    BLIND_LABEL_PERCENT: "7",
  });
  expect(config).toMatchObject({
    port: 0,
    databaseDriver: "neon-http",
    mistralServerUrl: "http://127.0.0.1:11434",
    firstAdminKeySha256: "ab".repeat(32),
    blindLabelShare: 0.07,
  });
});

test("all wrong variables are named at once, each with what would be right, and no value is repeated", () => {
  const wrong = {
    PORT: "http",
    EMBEDDER_WORKERS: "0",
    EMBEDDER_RUNTIME: "gpu",
    DATABASE_URL: "mysql://root:hunter2@db",
    MISTRAL_SERVER_URL: "javascript:hunter2",
    LOG_LEVEL: "loud",
    ASK_DEADLINE_MS: "1e9",
    // The key in place of its hash: an easy slip, and no reason to print it.
    FIRST_ADMIN_KEY_SHA256: "sia_k3f7abcq_hunter2",
    BLIND_LABEL_PERCENT: "0.05",
  };
  const error = (() => {
    try {
      return parseConfig(wrong);
    } catch (caught) {
      return caught;
    }
  })();
  expect(error).toBeInstanceOf(ConfigError);
  const { message } = error as ConfigError;
  for (const name of Object.keys(wrong)) expect(message).toContain(`${name}: must`);
  expect(message).toContain("auto, native, wasm");
  expect(message).not.toMatch(/hunter2|gpu|loud/);
});

test("a driver without a database is named", () => {
  expect(() => parseConfig({ DATABASE_DRIVER: "neon-http" })).toThrow("DATABASE_DRIVER: needs DATABASE_URL");
});

test.each([
  "postgres://u:hunter2#w@h/d",
  "postgres://u:hunter2/w@h/d",
  "postgres://u:hunter2?w@h/d",
  "postgres://u:12#w@h/d",
  "postgres://u:12/hunter2@h:5432/d",
  "postgres://u:12?hunter2@h/d?sslmode=require",
])(
  "a password that ends the host's part of DATABASE_URL is refused at the start, and not repeated: %s",
  (url) => {
    const parse = () => parseConfig({ DATABASE_URL: url });
    expect(parse).toThrow("DATABASE_URL: cannot be read as an address: write # / ? @ in the password as %23");
    expect(parse).not.toThrow(/hunter2/);
  },
);

test.each([
  "postgres://u:p%23%2F%3F%40@h/d",
  "postgres://u:p@w@h/d",
  "postgres://u:p w@h/d",
  "postgresql://h",
  "postgres://[::1]:5432/d",
  "postgres://h1,h2/d",
  "postgres:///d",
  "postgres:///d?host=/var/run/postgresql",
  "postgres://%2Fvar%2Frun%2Fpostgresql/d",
  "postgres://u:p@/d?host=/tmp",
  "postgres://h/d?user=me@server&sslmode=require",
])("an address that node-postgres takes passes: %s", (url) => {
  expect(parseConfig({ DATABASE_URL: url }).databaseUrl).toBe(url);
});
