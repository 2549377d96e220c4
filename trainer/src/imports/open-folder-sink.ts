import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { prepareText } from "@support-it-agent/shared/text/prepare-text";
import type { TicketSink } from "./import-tickets.ts";

export type FolderSink = TicketSink & {
  /** Tickets that have neither queue nor urgency, which train nothing, and are not in the file. */
  readonly unlabelled: () => number;
  /** Gives the file its name; without it nothing is there. */
  finish(): Promise<string>;
  /** Lets the half-written file be. */
  close(): Promise<void>;
};

/**
 * Writes labelled tickets to FOLDER/SOURCE.jsonl for a pipeline without a database, redacted. The file is there whole or not at all.
 */
export async function openFolderSink(folder: string, source: string): Promise<FolderSink> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${source.replace(/[^\p{L}\p{N}._-]+/gu, "-")}.jsonl`);
  const file = await open(`${path}.part`, "w");
  let unlabelled = 0;
  return {
    unlabelled: () => unlabelled,
    put: async (tickets) => {
      const labelled = tickets.filter(({ queue, urgency }) => queue || urgency);
      unlabelled += tickets.length - labelled.length;
      const lines = labelled.map((ticket) => {
        const text = (raw: string) => prepareText(raw).text;
        const { subject, body, answer } = ticket;
        const redacted = { ...ticket, subject: text(subject), body: text(body) };
        return `${JSON.stringify(answer === undefined ? redacted : { ...redacted, answer: text(answer) })}\n`;
      });
      await file.appendFile(lines.join(""));
      return { created: labelled.length, replaced: 0, unchanged: 0 };
    },
    finish: async () => {
      await file.sync();
      await file.close();
      await rename(`${path}.part`, path);
      return path;
    },
    close: () => file.close().catch(() => {}),
  };
}
