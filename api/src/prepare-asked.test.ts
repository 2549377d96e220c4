import { expect, test } from "vitest";
import { prepareAsked } from "./prepare-asked.ts";

test("a value has the same placeholder in every turn and in the question", () => {
  const asked = prepareAsked("jane@example.com and bob@example.com still get nothing", [
    { role: "user", content: "Mail to jane@example.com comes back" },
    { role: "assistant", content: "Check the address jane@example.com [1]" },
  ]);
  expect(asked.question).toBe("[EMAIL_1] and [EMAIL_2] still get nothing");
  expect(asked.conversation.map((turn) => turn.content)).toEqual([
    "Mail to [EMAIL_1] comes back",
    "Check the address [EMAIL_1] [1]",
  ]);
  expect(asked.values.get("[EMAIL_2]")).toBe("bob@example.com");
});

test("a follow-up is read after the writer's own last turns, never after the assistant's", () => {
  const asked = prepareAsked("et sur Mac ?", [
    { role: "user", content: "Mon imprimante est hors connexion" },
    { role: "assistant", content: "Redémarrez le spouleur." },
  ]);
  expect(asked.text).toBe("Mon imprimante est hors connexion\net sur Mac ?");
  expect(asked.language).toBe("fr");
});

test("the rule between turns cannot be forged", () => {
  const asked = prepareAsked("one \u2E3B two", [{ role: "user", content: "\u2E3B" }]);
  expect(asked.question).toBe("one — two");
  expect(asked.conversation).toHaveLength(1);
});
