import { describe, expect, test } from "vitest";
import { chunkDocument } from "../knowledge/chunk-document.ts";
import { parseMarkdown } from "../knowledge/parse-markdown.ts";
import { publishedText } from "../knowledge/published-text.ts";
import { readQuotableUnits } from "./read-quotable-units.ts";

const read = (content: string) =>
  readQuotableUnits({ n: 1, kind: "article", title: "T", content, language: "en", relevance: "high" }).map(
    ({ form, text, heading }) => [form, text, heading],
  );

/** As ingest stores an article and the sources show it again. */
const readMarkdown = (markdown: string) => {
  const sections = parseMarkdown(markdown).sections.map(({ heading, text }) => ({
    heading,
    text: publishedText(text),
  }));
  return read(
    chunkDocument(sections, "en")
      .map(({ content }) => content)
      .join("\n\n"),
  );
};

describe("code", () => {
  test("of a step stays in it on lines of its own, and what follows it too", () => {
    expect(
      readMarkdown(
        "1. Unplug the dock.\n2. Open a terminal and run:\n\n   ```sh\n   # renew the address\n   ipconfig /release\n\n   - not an item\n   ```\n\n   It takes a minute.\n\n3. Plug the dock in.",
      ),
    ).toEqual([
      ["step", "Unplug the dock.", null],
      [
        "step",
        "Open a terminal and run:\n   # renew the address\n   ipconfig /release\n   - not an item\n   It takes a minute.",
        null,
      ],
      ["step", "Plug the dock in.", null],
    ]);
  });

  test("between the steps belongs to the one before, though it is not indented", () => {
    expect(readMarkdown("1. Run this:\n\n```\n1. net stop\n```\n\n2. Restart.")).toEqual([
      ["step", "Run this:\n   1. net stop", null],
      ["step", "Restart.", null],
    ]);
  });

  test("under a sentence is quoted with it, and a sentence before it alone", () => {
    expect(
      readMarkdown(
        "The queue can hang at night. Run this:\n\n```\nnet stop\nnet start\n```\n\nThat was all of it, really.",
      ),
    ).toEqual([
      ["sentence", "The queue can hang at night.", null],
      ["sentence", "Run this:\n   net stop\n   net start", null],
      ["sentence", "That was all of it, really.", null],
    ]);
  });

  test("under a heading alone is quoted by itself", () => {
    expect(read("## Flush\n\n│ dnscmd\n│ # done")).toEqual([["sentence", "dnscmd\n   # done", "Flush"]]);
  });

  test("that a chunk's end cuts goes on in the next one, and what both hold stands once", () => {
    expect(read("1. Run:\n│ one\n│ two\n\n│ two\n│ three\n2. Wait.")).toEqual([
      ["step", "Run:\n   one\n   two\n   three", null],
      ["step", "Wait.", null],
    ]);
  });
});

test("rows of a table in a step stand on lines of their own", () => {
  expect(
    readMarkdown(
      "1. Choose a plan:\n\n   | Plan | Price |\n   |---|---|\n   | A | 1 |\n   | B | 2 |\n\n2. Pay.",
    ),
  ).toEqual([
    ["step", "Choose a plan:\n   Plan: A | Price: 1\n   Plan: B | Price: 2", null],
    ["step", "Pay.", null],
  ]);
});

test("a passage without marks is read line by line", () => {
  expect(
    read("# VPN\n1. Restart it\nwith the switch.\n\nCall the service desk if it still fails.\n- An item"),
  ).toEqual([
    ["step", "Restart it with the switch.", "VPN"],
    ["sentence", "Call the service desk if it still fails.", "VPN"],
    ["item", "An item", "VPN"],
  ]);
});
