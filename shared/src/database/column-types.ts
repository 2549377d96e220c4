import { customType, timestamp } from "drizzle-orm/pg-core";

/** PostgreSQL's tsvector, as text in and out. Written by SQL expressions, never by hand. */
export const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" });

/** A point in time that the database itself sets: what serves and what trains then share one clock. */
export const createdAt = () => timestamp("created_at", { withTimezone: true }).notNull().defaultNow();
