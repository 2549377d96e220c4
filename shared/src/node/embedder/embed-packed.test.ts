import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTextEncoder, type TextEncoder } from "../../embedder/create-text-encoder.ts";
import { embedPacked } from "../../embedder/embed-packed.ts";
import { embedWithSession } from "../../embedder/embed-with-session.ts";
import type { MinilmSession } from "../../embedder/minilm-session.ts";
import { ensureWeights } from "../weights/ensure-weights.ts";
import { openModelFolder } from "./open-model-folder.ts";
import { readModelFolder } from "./read-model-folder.ts";

const cacheDir = fileURLToPath(new URL("../../../../.cache/models", import.meta.url));
const maxBatchTokens = 256;

/** Of 4, 2, 8, 11, 24 and 102 tokens: a text must not be read together with a neighbour of any length. */
const texts = [
  "vpn",
  "",
  "Mon VPN ne marche pas",
  "The printer on floor two prints blank pages.",
  "Outlook asks for my password every time I open it, and the calendar of my team is empty since this morning",
  "again ".repeat(100),
];

describe.each(["native", "wasm"] as const)("embedPacked on the %s runtime", (runtime) => {
  let session: MinilmSession;
  let encode: TextEncoder;
  let packedRuns: number[] = [];
  beforeAll(async () => {
    const { dir } = await ensureWeights({ dir: cacheDir });
    const folder = readModelFolder(dir);
    encode = createTextEncoder(JSON.parse(await readFile(folder.tokenizer, "utf8")));
    const opened = await openModelFolder(folder, runtime);
    session = {
      ...opened,
      runPacked: async (rows) => {
        packedRuns.push(rows.length);
        return (await opened.runPacked?.(rows)) ?? new Float32Array();
      },
    };
  });
  afterAll(() => session.release());

  it.each([1, 2, 3, 4, 5])("gives each of %i texts the vector that it has alone", async (count) => {
    for (let first = 0; first + count <= texts.length; first += 1) {
      const company = texts.slice(first, first + count);
      packedRuns = [];
      const together = await embedPacked(session, encode, company, maxBatchTokens);
      expect(packedRuns).toEqual(count >= 2 && count <= 4 ? [count] : []);
      const alone = await embedWithSession(session, encode, company, 0);
      const differences = together.map((x, place) => Math.abs(x - (alone[place] ?? Number.NaN)));
      expect(together).toHaveLength(count * 384);
      expect(Math.max(...differences)).toBeLessThan(1e-6);
    }
  });

  it("makes several runs of texts that have more tokens together than one run takes", async () => {
    packedRuns = [];
    const company = ["again ".repeat(200), "again ".repeat(100)];
    const together = await embedPacked(session, encode, company, maxBatchTokens);
    expect(packedRuns).toEqual([]);
    expect(together).toEqual(await embedWithSession(session, encode, company, 0));
  });
});
