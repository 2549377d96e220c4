import { describe, expect, it } from "vitest";
import { planBatches } from "./plan-batches.ts";

describe("planBatches", () => {
  it("joins texts of one length, never of two, and keeps a run within its tokens", () => {
    expect(planBatches([8, 24, 8, 8, 256, 24], 16)).toEqual([
      { texts: [0, 2], tokens: 8 },
      { texts: [3], tokens: 8 },
      { texts: [1], tokens: 24 },
      { texts: [5], tokens: 24 },
      { texts: [4], tokens: 256 },
    ]);
  });

  it("runs every text alone when a run may take no tokens", () => {
    expect(planBatches([5, 5], 0)).toEqual([
      { texts: [0], tokens: 5 },
      { texts: [1], tokens: 5 },
    ]);
  });

  it("has each text exactly once, for any lengths", () => {
    const lengths = Array.from({ length: 500 }, (_, i) => 2 + ((i * 7919) % 255));
    const batches = planBatches(lengths, 256);
    expect(batches.flatMap((batch) => batch.texts).sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
    for (const { texts, tokens } of batches) {
      expect(texts.every((text) => lengths[text] === tokens)).toBe(true);
      expect(texts.length === 1 || texts.length * tokens <= 256).toBe(true);
    }
  });
});
