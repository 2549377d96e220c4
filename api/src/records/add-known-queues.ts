import type { Database } from "@support-it-agent/shared/database/database";
import { sql } from "drizzle-orm";

/** Makes queues known, so that labels may name them; those that are known stay as they are. `source` says who brought them. */
export async function addKnownQueues(
  database: Database,
  names: readonly string[],
  source: "admin" | "import",
): Promise<void> {
  await database.rows(
    sql`insert into known_queues (name, source)
      select distinct name, ${source} from jsonb_array_elements_text(${JSON.stringify(names)}::jsonb) as queue(name)
      on conflict (name) do nothing`,
    { isRead: true },
  );
}
