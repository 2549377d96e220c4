import { expect, test } from "vitest";
import { explainsCode, namedCodes } from "./explains-code.ts";

test.each([
  ["Outlook says AADSTS50053", ["aadsts50053"]],
  ["erreur 1909 ce matin", ["1909"]],
  ["drive S: gives 0x80070035", ["0x80070035"]],
  ["the printer in room 404", []],
  ["1500 mails since 2024", []],
  ["", []],
])("%j names %j", (question, codes) => expect([...namedCodes(question)]).toEqual(codes));

const codes = new Set(["aadsts50053", "809"]);

test.each([
  "- **AADSTS50053**: locked after too many attempts",
  "- AADSTS50053 : trop d'essais erronés",
  "- « Connexion impossible, code AADSTS50053. »",
  "Intro.\n\n- Error 809: the server does not answer",
])("%j explains it", (content) => expect(explainsCode(content, codes)).toBe(true));

test.each([
  "- AADSTS50057: the account is disabled",
  "- Error 691, 809, 619, 789 or 868 in the Windows VPN window",
  "- AADSTS50126: wrong user name or password. AADSTS50053: the account is locked for a while.",
  "If you see a message with a long number such as AADSTS50053, call us.",
  "No codes here.",
  "",
])("%j does not", (content) => expect(explainsCode(content, codes)).toBe(false));

test("without a code nothing is explained", () => {
  expect(explainsCode("- AADSTS50053: locked", new Set())).toBe(false);
});
