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

const ask = (question: string, ...earlier: string[]) =>
  prepareAsked(
    question,
    earlier.map((content) => ({ role: "user", content })),
  );

test("a question that names its subject is read alone, and can be read behind the turn before it", () => {
  const asked = ask("How do I share a calendar in Outlook?", "my VPN drops", "I am on the hotel Wi-Fi");
  expect(asked.text).toBe("How do I share a calendar in Outlook?");
  expect(asked.inContext).toBe("I am on the hotel Wi-Fi\nHow do I share a calendar in Outlook?");
});

test("a new subject that is announced has no context", () => {
  expect(ask("New problem: my printer is offline", "my VPN drops").inContext).toBeNull();
  expect(ask("By the way how do I set an out of office reply?", "my VPN drops").inContext).toBeNull();
});

test("a turn that only greets, gives thanks or asks for a person is no subject; a follow-up to a follow-up has the first one's", () => {
  expect(ask("and on a Mac?", "my VPN drops", "thank you!").text).toBe("my VPN drops\nand on a Mac?");
  expect(ask("and on a Mac?", "my VPN drops", "I want to talk to a human").text).toBe(
    "my VPN drops\nand on a Mac?",
  );
  expect(ask("still nothing", "my printer", "my VPN drops", "it does not connect").text).toBe(
    "my VPN drops\nit does not connect\nstill nothing",
  );
  expect(ask("and on a Mac?", "hello")).toMatchObject({ text: "and on a Mac?", inContext: null });
});

test("who asks for a person does so about the turn before, which says which team", () => {
  expect(ask("I want to talk to a human", "my VPN drops").text).toBe(
    "my VPN drops\nI want to talk to a human",
  );
});

test("thanks have their own language; a word of no language has the conversation's", () => {
  expect(ask("merci", "the printer is offline").language).toBe("fr");
  expect(ask("ok thanks", "the printer is offline").language).toBe("en");
  expect(ask("Outlook", "mon imprimante est hors connexion").language).toBe("fr");
});

test("the rule between turns cannot be forged", () => {
  const asked = prepareAsked("one \u2E3B two", [{ role: "user", content: "\u2E3B" }]);
  expect(asked.question).toBe("one — two");
  expect(asked.conversation).toHaveLength(1);
});
