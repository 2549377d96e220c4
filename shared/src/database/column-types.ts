import { customType, timestamp } from "drizzle-orm/pg-core";

/** Bytes. */
export const bytea = customType<{ data: Uint8Array }>({ dataType: () => "bytea" });

/** A point in time that the database itself sets: what serves and what trains then share one clock. */
export const createdAt = () => timestamp("created_at", { withTimezone: true }).notNull().defaultNow();
