import { createHash } from "node:crypto";
import type { Urgency } from "@support-it-agent/shared/labels";
import { languageOf } from "@support-it-agent/shared/text/language-of";
import type { Ticket } from "@support-it-agent/shared/ticket";
import type { z } from "zod";
import { chooseQueue, type queueRules } from "./choose-queue.ts";
import type { ColumnMapping } from "./guess-columns.ts";
import { mapUrgency } from "./map-urgency.ts";
import { type DayOrder, parseTime } from "./parse-time.ts";

export type ToTicketOptions = {
  readonly mapping: ColumnMapping;
  /** Folded value -> urgency; null: such a row has none. */
  readonly urgencies?: ReadonlyMap<string, Urgency | null>;
  readonly queueRule?: (typeof queueRules)[number] | undefined;
  readonly dayOrder?: DayOrder | undefined;
  /** False: rows to train on alone, not to be found as similar tickets. */
  readonly keepsAnswers: boolean;
  /** What a ticket must be. */
  readonly schema: z.ZodType<Ticket>;
};

export type TicketOrReason = { readonly ticket: Ticket } | { readonly kind: string; readonly reason: string };

/**
 * A row's values as a ticket, or why they are none: `kind` is what to count it under, `reason` has the value in it. A row without an
 * id gets the digest of its subject and body, so that the same ticket has the same id in the next export.
 */
export function toTicket(
  values: Readonly<Record<string, unknown>>,
  options: ToTicketOptions,
): TicketOrReason {
  const { mapping, schema } = options;
  const textOf = (field: keyof ColumnMapping) => asText(values[mapping[field] ?? ""]);
  const subject = textOf("subject") ?? "";
  const body = textOf("body") ?? subject;

  // What a program writes where it has nothing is no label.
  const labelOf = (field: keyof ColumnMapping) => {
    const text = textOf(field);
    return text !== undefined && /^(nan|null|none|n\/a|-)$/i.test(text) ? undefined : text;
  };
  const priority = labelOf("urgency");
  const urgency = priority === undefined ? null : mapUrgency(priority, options.urgencies);
  if (urgency === undefined) {
    return {
      kind: "unknown urgency",
      reason: `urgency "${priority}" is not known: --map-urgency "${priority}=high" (or medium, low, none)`,
    };
  }
  const time = values[mapping.created_at ?? ""];
  const createdAt =
    asText(time) === undefined && !(time instanceof Date) ? null : parseTime(time, options.dayOrder);
  if (createdAt === undefined) {
    return {
      kind: "unreadable time",
      reason: `created_at "${asText(time)}" is no time: ISO 8601 is read, and 31/01/2026 10:30 ${
        options.dayOrder
          ? `by --dates ${options.dayOrder}`
          : "where --dates dmy or --dates mdy says the order"
      }`,
    };
  }
  const given = labelOf("queue")?.replace(/\s+/g, " ");
  const queue = options.queueRule === "six-queues" ? chooseQueue(body, given) : given;
  const parsed = schema.safeParse({
    id: textOf("id") ?? digestOf(subject, body),
    subject,
    body,
    answer: options.keepsAnswers ? textOf("answer") : undefined,
    queue,
    urgency: urgency ?? undefined,
    language: languageOf(textOf("language") ?? ""),
    created_at: createdAt ?? undefined,
  });
  if (parsed.success) return { ticket: parsed.data };
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".") || "row";
  return { kind: `${field} does not fit`, reason: `${field}: ${issue?.message}` };
}

/** Text of a cell; undefined where there is none. */
function asText(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
    return String(value);
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return text === "" ? undefined : text;
}

const digestOf = (...parts: readonly string[]) =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
