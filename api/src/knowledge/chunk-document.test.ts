import { expect, test } from "vitest";
import { chunkDocument, chunkSizes } from "./chunk-document.ts";
import { estimateTokens } from "./estimate-tokens.ts";
import type { Section } from "./parsed-document.ts";

/** mulberry32 (Tommy Ettinger, public domain), enough for making texts. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Sections of words that are all different, so that order and loss can be seen. */
function randomSections(seed: number): Section[] {
  const random = seeded(seed);
  let word = 0;
  const sentence = () =>
    `${Array.from({ length: 1 + Math.floor(random() * 40) }, () => `w${++word}`).join(" ")}.`;
  const block = () => {
    const sentences = Array.from({ length: 1 + Math.floor(random() * 8) }, sentence);
    return random() < 0.4
      ? sentences.map((text, index) => `${index + 1}. ${text}`).join("\n")
      : sentences.join(" ");
  };
  return Array.from({ length: 1 + Math.floor(random() * 6) }, (_, index) => ({
    heading: random() < 0.8 ? `Heading ${index}` : null,
    text: Array.from({ length: 1 + Math.floor(random() * 5) }, block).join("\n\n"),
  }));
}

test("whatever is cut, every word is in a chunk, in order, and no chunk is too long", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const sections = randomSections(seed);
    const chunks = chunkDocument(sections, "en");
    const words = sections.flatMap(({ text }) => text.match(/w\d+/g) ?? []);
    const seen = [...new Set(chunks.flatMap(({ content }) => content.match(/w\d+/g) ?? []))];
    expect(seen, `seed ${seed}`).toEqual(words);
    for (const { content } of chunks) {
      // A heading that leads a joined section and the blanks between pieces are not counted.
      expect(estimateTokens(content, "en"), `seed ${seed}`).toBeLessThanOrEqual(chunkSizes.maxTokens + 10);
    }
  }
});

test("a short section is one chunk under its heading", () => {
  const text = `1. ${"Open the settings of the printer and look for its name. ".repeat(3).trim()}\n2. Press OK.`;
  expect(chunkDocument([{ heading: "Steps", text }], "en")).toEqual([{ heading: "Steps", content: text }]);
});

test("a very short section joins the one before it, with its heading in the text", () => {
  const long =
    "The printer is on the second floor, and its name stands on a label at the front of it, beside the screen.";
  const chunks = chunkDocument(
    [
      { heading: "Where", text: long },
      { heading: "Help > Phone", text: "Call 5555." },
    ],
    "en",
  );
  expect(chunks).toEqual([{ heading: "Where", content: `${long}\n\nPhone: Call 5555.` }]);
});

test("a list that is too long is cut between its items, which keep their numbers", () => {
  const items = Array.from(
    { length: 12 },
    (_, index) =>
      `${index + 1}. Open panel ${index + 1} and set every switch that you find in it to on, one after the other, then wait a moment.`,
  );
  const chunks = chunkDocument([{ heading: "Steps", text: items.join("\n") }], "en");
  expect(chunks.length).toBeGreaterThan(1);
  for (const { content } of chunks) for (const line of content.split("\n")) expect(items).toContain(line);
});

test("where a section is cut, the next chunk begins with the end of the one before", () => {
  const text = Array.from({ length: 40 }, (_, index) => `Sentence number ${index} says one thing only.`).join(
    " ",
  );
  const [first, second] = chunkDocument([{ heading: null, text }], "en");
  const last = first?.content.split(/(?<=\.) /).at(-1) ?? "";
  expect(second?.content.startsWith("Sentence number")).toBe(true);
  expect(second?.content).toContain(last);
});

test("a text without any place to cut is cut all the same", () => {
  const chunks = chunkDocument([{ heading: null, text: "x".repeat(20_000) }], "en");
  expect(chunks.length).toBeGreaterThan(5);
  expect(chunks.map(({ content }) => content.replaceAll(" ", "")).join("").length).toBeGreaterThanOrEqual(
    20_000,
  );
});

test("French and German words are reckoned at more tokens than English ones", () => {
  const word = "verschlüsselung";
  expect(estimateTokens(word, "de")).toBeGreaterThan(estimateTokens(word, "fr"));
  expect(estimateTokens(word, "fr")).toBeGreaterThan(estimateTokens(word, "en"));
});
