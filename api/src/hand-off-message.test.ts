import { expect, test } from "vitest";
import { handOffMessage } from "./hand-off-message.ts";

const message = (reason: Parameters<typeof handOffMessage>[0], text: string, language: string) =>
  handOffMessage(reason, { text, queue: "Hardware / Device", language });

test("who only says hello is greeted, in French where the hello is French", () => {
  expect(message("out_of_scope", "hi there", "en")).toMatch(/^Hello! I help with computers/);
  expect(message("out_of_scope", "Bonjour", "fr")).toMatch(/^Bonjour ! J'aide pour/);
});

test("another question that is not IT's is told so, and who gets the others is named", () => {
  expect(message("out_of_scope", "What is the capital of Peru?", "en")).toContain(
    "This does not look like one",
  );
  expect(message("missing_knowledge", "hello", "en")).toContain("the team Hardware / Device");
});
