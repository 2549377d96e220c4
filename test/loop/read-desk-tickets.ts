import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { urgencySchema } from "../../shared/src/labels.ts";
import { readJsonLines } from "../../trainer/src/files/read-json-lines.ts";
import { root } from "../training/python-env.ts";

const ticketSchema = z.object({
  id: z.string(),
  subject: z.string(),
  body: z.string(),
  queue: z.string(),
  urgency: urgencySchema,
  language: z.string(),
});

export type DeskTicket = z.infer<typeof ticketSchema>;

const topicPattern =
  /\b(print|printer|printing|imprim\w*|scanner|toner|copier|screens?|monitors?|écrans?|displays?|projector|projecteur|dock)\b/i;

/**
 * A desk's tickets, in two parts: `usual`, and those of one topic, printing and screens. The desk of the tests hears of the topic only later,
 * and gives it to a queue of its own choice then.
 */
export async function readDeskTickets(): Promise<{ usual: DeskTicket[]; topic: DeskTicket[] }> {
  const folder = join(root, "data/starter/tickets");
  const names = (await readdir(folder)).filter(
    (name) => name.endsWith(".jsonl") && name !== "out-of-scope.jsonl",
  );
  const tickets: DeskTicket[] = [];
  for (const name of names.sort()) tickets.push(...(await readJsonLines(join(folder, name), ticketSchema)));
  const isTopic = ({ subject, body }: DeskTicket) => topicPattern.test(`${subject} ${body}`);
  return { usual: tickets.filter((ticket) => !isTopic(ticket)), topic: tickets.filter(isTopic) };
}
