import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Bundle, loadBundle } from "../../shared/src/bundle/load-bundle.ts";
import type { Embedder } from "../../shared/src/embedder/embedder.ts";
import { createWorkerEmbedder } from "../../shared/src/node/embedder/create-worker-embedder.ts";
import { readBundleFolder } from "../../shared/src/node/read-bundle-folder.ts";
import { prepareText } from "../../shared/src/text/prepare-text.ts";
import { ticketText } from "../../shared/src/text/ticket-text.ts";
import { readJsonLines } from "../../trainer/src/files/read-json-lines.ts";
import { writeJsonLines } from "../../trainer/src/files/write-json-lines.ts";
import { type HeldOut, readHeldOut } from "../../trainer/src/monitor/read-held-out.ts";
import { snapshotRowsFileName } from "../../trainer/src/stages/snapshot/snapshot-row.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A desk with the starter's bundle and some of its tickets, which are its reference and its traffic. */
export type TestDesk = {
  readonly bundle: Bundle;
  readonly embedder: Embedder;
  readonly heldOut: HeldOut;
  readonly texts: readonly string[];
  /** Of nothing that the desk ever saw. */
  readonly foreignTexts: readonly string[];
  readonly close: () => Promise<void>;
};

const ticketSchema = z.looseObject({
  id: z.string(),
  subject: z.string().optional(),
  body: z.string(),
  queue: z.string(),
});

/** Opens the real models and writes a snapshot with 240 held-out rows into `folder`. */
export async function makeDesk(folder: string): Promise<TestDesk> {
  const embedder = await createWorkerEmbedder({
    modelDir: process.env.MODEL_DIR || join(root, ".cache/models"),
    workers: 2,
  });
  const bundle = await loadBundle(readBundleFolder(join(root, "models/starter")));
  const tickets = (await readTickets()).filter((_, at) => at % 5 === 0).slice(0, 240);
  const texts = tickets.map(ticketText);
  await mkdir(folder, { recursive: true });
  await writeJsonLines(
    join(folder, snapshotRowsFileName),
    tickets.map(({ id, queue }, at) => ({
      id,
      split: "holdout",
      group: id,
      language: "en",
      in_scope: true,
      queue,
      urgency: null,
      text: prepareText(texts[at] ?? "").text,
      source: "test",
      created_at: null,
    })),
  );
  const cacheFolder = join(root, ".cache");
  const heldOut = await readHeldOut({ snapshotFolder: folder, bundle, embedder, cacheFolder, seed: 1 });
  return {
    bundle,
    embedder,
    heldOut,
    texts,
    foreignTexts: drawForeignTexts(),
    close: () => embedder.close(),
  };
}

async function readTickets() {
  const folder = join(root, "data/starter/tickets");
  const files = (await readdir(folder)).filter((name) => name.startsWith("en-")).sort();
  const tickets = await Promise.all(files.map((name) => readJsonLines(join(folder, name), ticketSchema)));
  return tickets.flat();
}

function drawForeignTexts(): string[] {
  const places = ["hall 2", "the cold store", "gate 5", "the loading ramp"];
  const things = ["forklift", "pallet scanner", "conveyor belt", "stretch wrapper"];
  const faults = [
    "shows battery cell fault 12",
    "stands still",
    "loses its chain",
    "beeps and will not lift",
  ];
  return places.flatMap((place) =>
    things.flatMap((thing) =>
      faults.map(
        (fault) => `The ${thing} in ${place} ${fault}, the lorry driver is waiting for his pallets.`,
      ),
    ),
  );
}
