import { describe, expect, test } from "vitest";
import { splitSentences } from "./split-sentences.ts";

describe("splitSentences", () => {
  const cases: [string, string, string[]][] = [
    [
      "a number of a list stays with its step",
      "1. Open Settings. [1]\n2. Restart.",
      ["1. Open Settings. [1]", "2. Restart."],
    ],
    [
      "a version and a file name are no ends",
      "Use 10.2 of app.exe now. Done.",
      ["Use 10.2 of app.exe now.", "Done."],
    ],
    ["an abbreviation is no end", "Ask Dr. Who, e.g. Monday. Bye.", ["Ask Dr. Who, e.g. Monday.", "Bye."]],
    [
      "a citation goes with the sentence before it",
      "It works [1]. Then reboot. [2] [3] Fine.",
      ["It works [1].", "Then reboot. [2] [3]", "Fine."],
    ],
    ["an ellipsis before a small letter is no end", "Wait... then go. Ok?", ["Wait... then go.", "Ok?"]],
    ["text without a mark is one sentence", "no mark here", ["no mark here"]],
    ["empty lines give nothing", "\n\n", []],
  ];
  test.each(cases)("%s", (_, text, expected) => {
    expect(splitSentences(text, "en")).toEqual(expected);
  });

  test("knows French marks and abbreviations", () => {
    expect(splitSentences("Cliquez, p. ex. sur OK ! Puis M. Martin « valide ». Fini ?", "fr")).toEqual([
      "Cliquez, p. ex. sur OK !",
      "Puis M. Martin « valide ».",
      "Fini ?",
    ]);
  });
});

test.each(["a. ", "1. ", ". ", "a.", "[1] ", "?[1]"])(
  "100 KB of %j are split in bounded time",
  { timeout: 5_000 },
  (unit) => {
    const text = unit.repeat(100_000 / unit.length);
    expect(splitSentences(text, "en").join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
  },
);
