import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: ["./shared/src/database/tables-knowledge.ts", "./shared/src/database/tables-operations.ts"],
  out: "./shared/migrations",
});
