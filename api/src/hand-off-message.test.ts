import { expect, test } from "vitest";
import { handOffMessage } from "./hand-off-message.ts";

const message = (
  reason: Parameters<typeof handOffMessage>[0],
  question: string,
  language: string,
  isFollowUp = false,
) => handOffMessage(reason, { question, isFollowUp, queue: "Hardware / Device", language });

test("who only says hello is greeted, in French where the hello is French", () => {
  expect(message("out_of_scope", "hi there", "en")).toMatch(/^Hello! I help with computers/);
  expect(message("out_of_scope", "Bonjour", "fr")).toMatch(/^Bonjour ! J'aide pour/);
});

test("who gives thanks gets a short word back, and is asked nothing", () => {
  expect(message("out_of_scope", "thanks it works now", "en")).toMatch(/^You're welcome!/);
  expect(message("out_of_scope", "merci ça marche", "fr")).toMatch(/^Avec plaisir !/);
  expect(message("out_of_scope", "ok", "en", true)).toMatch(/^You're welcome!/);
  expect(message("out_of_scope", "ok", "en")).toContain("This does not look like one");
});

test("another question that is not IT's is told so, and who gets the others is named", () => {
  expect(message("out_of_scope", "What is the capital of Peru?", "en")).toContain(
    "This does not look like one",
  );
  expect(message("missing_knowledge", "hello", "en")).toContain("the team Hardware / Device");
});
