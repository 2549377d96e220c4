import { expect, test } from "vitest";
import { chunkDocument } from "./chunk-document.ts";

const prose = "Sentence about the printer on the second floor and its cable. ".repeat(6).trim();
const code = ["│ net stop spooler", "│ del /Q C:\\spool", "│ net start spooler"].join("\n");

test("a list is cut before the step whose code would not fit, not between both", () => {
  const steps = [1, 2, 3, 4, 5].map((step) => `${step}. ${prose.slice(0, 180)}\n${code}`);
  const chunks = chunkDocument([{ heading: null, text: steps.join("\n") }], "en");
  expect(chunks.length).toBeGreaterThan(1);
  expect(chunks.map(({ content }) => content).join("\n")).toBe(steps.join("\n"));
  for (const { content } of chunks) expect(content).toMatch(/^\d\. [\s\S]*net start spooler$/u);
});

test("code that is longer than a chunk is cut between its lines", () => {
  const lines = Array.from({ length: 80 }, (_, index) => `│ set option ${index} on`);
  const chunks = chunkDocument([{ heading: null, text: `Run this:\n${lines.join("\n")}` }], "en");
  expect([...new Set(chunks.flatMap(({ content }) => content.split("\n")))]).toEqual(["Run this:", ...lines]);
});

test("a very short section of code joins the one before it on lines of its own", () => {
  const sections = [
    { heading: "Printer", text: prose },
    { heading: "Flush", text: "│ ipconfig" },
  ];
  expect(chunkDocument(sections, "en")).toEqual([
    { heading: "Printer", content: `${prose}\n\nFlush:\n│ ipconfig` },
  ]);
});
