import { z } from "zod";
import { urgencySchema } from "./labels.ts";

/** Longest subject and body that a ticket may have, in UTF-16 code units. */
export const ticketLimits = {
  subjectLength: 500,
  bodyLength: 100_000,
  answerLength: 100_000,
  queueLength: 100,
};

/**
 * A ticket as it comes in from a help desk's export, a JSONL file or POST /tickets: what somebody wrote, what it was
 * labelled, and, where it is solved, what solved it. Labels may be absent: a ticket without a queue does not train
 * the queue model, and still serves as a similar ticket.
 */
export const ticketSchema = z.object({
  id: z.string().min(1).max(200),
  subject: z.string().max(ticketLimits.subjectLength).default(""),
  body: z.string().min(1).max(ticketLimits.bodyLength),
  answer: z.string().max(ticketLimits.answerLength).optional(),
  queue: z.string().min(1).max(ticketLimits.queueLength).optional(),
  urgency: urgencySchema.optional(),
  language: z.string().min(2).max(8).optional(),
  created_at: z.iso.datetime({ offset: true }).optional(),
});

export type Ticket = z.infer<typeof ticketSchema>;
