import { z } from "zod";

/** Urgencies from the least to the most urgent. Queues are data (whatever the tickets say); urgencies are not. */
export const urgencies = ["low", "medium", "high"] as const;

export const urgencySchema = z.enum(urgencies);

export type Urgency = z.infer<typeof urgencySchema>;
