import { expect, test } from "vitest";
import { parseText } from "./parse-text.ts";

test("a paragraph that was wrapped is one line, and a list keeps its entries", () => {
  const text =
    "Replace a piano tuner\r\n\r\nWhen the piano tuner is broken, the pianist goes to the music office on the\r\n" +
    "first floor and fills in the green form. The office orders a tuner\r\nand hands it out the day after.\r\n\r\n" +
    "1. Call the office.\r\n2. Wait.\r\n";
  expect(parseText(text)).toMatchObject({
    title: "Replace a piano tuner",
    sections: [
      {
        heading: null,
        text:
          "When the piano tuner is broken, the pianist goes to the music office on the first floor and fills in the green form. " +
          "The office orders a tuner and hands it out the day after.\n\n1. Call the office.\n2. Wait.",
      },
    ],
  });
});
