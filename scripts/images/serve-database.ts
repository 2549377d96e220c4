// node scripts/images/serve-database.ts: a PostgreSQL with pgvector on loopback, empty, for containers on the host's network. Prints its address,
// and ends, leaving nothing behind, when stdin does.
import { startPostgres } from "../../test/database/start-postgres.ts";
import { parseCommand } from "../lib/parse-command.ts";

parseCommand({ usage: "Usage: node scripts/images/serve-database.ts" });
const server = await startPostgres();
console.log(server.url);
process.stdin.on("end", async () => {
  await server.end();
  process.exit(0);
});
process.stdin.resume();
