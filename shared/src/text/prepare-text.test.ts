import { expect, test } from "vitest";
import { prepareText } from "./prepare-text.ts";

test("a raw text is cleaned before it is redacted, so that hidden characters hide no value", () => {
  const { text, language, values } = prepareText("Mon mail\u00a0: bo\u200bb@example.com\r\nne marche pas");
  expect(text).toBe("Mon mail : [EMAIL_1]\nne marche pas");
  expect(language).toBe("fr");
  expect(values.get("[EMAIL_1]")).toBe("bob@example.com");
});

test("preparing what was prepared changes nothing", () => {
  const once = prepareText("mdp : Azerty12! tel 01 99 00 12 34");
  expect(prepareText(once.text)).toEqual({ ...once, values: new Map() });
});

test("full-width digits hide no value", () => {
  expect(prepareText("０６３９９８１２３４ et ４１１１１１１１１１１１１１１１").text).toBe(
    "[PHONE_1] et [CARD_1]",
  );
});

test("a mail's form goes before the redaction, and a line that a placeholder shortens is looked at again", () => {
  expect(
    prepareText("Bonjour,\n\nmdp : Azerty12 refusé par Outlook\n\nCordialement,\nPaul Martin\n01 99 00 12 34")
      .text,
  ).toBe("mdp : [PASSWORD_1] refusé par Outlook");
  const address = `${"a".repeat(60)}@example.com`;
  expect(prepareText(`mon écran est noir. Cordialement, Paul, ${address}`).text).toBe("mon écran est noir.");
});
