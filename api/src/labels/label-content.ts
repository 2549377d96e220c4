import type { Urgency } from "@support-it-agent/shared/labels";

/** What an agent says of a text without seeing the prediction; both null where they cannot tell. */
export type LabelContent = { readonly queue: string | null; readonly urgency: Urgency | null };
