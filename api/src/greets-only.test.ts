import { expect, test } from "vitest";
import { greetsOnly } from "./greets-only.ts";

test.each([
  "hi",
  "Hello!",
  "good morning team",
  "thanks a lot",
  "ok thanks",
  "Bonjour",
  "bonjour à tous",
  "Merci beaucoup !",
  "merci d'avance",
  "Bonsoir l'équipe",
  "HI 👋",
])("%j says hello or thanks and nothing else", (text) => expect(greetsOnly(text)).toBe(true));

test.each([
  "",
  "?",
  "ok",
  "Bonjour, mon VPN ne marche pas",
  "hello, printer",
  "thanks for the new laptop",
  "good",
  "hi 5",
  "the morning backup",
  "merci de rappeler",
])("%j says something else", (text) => expect(greetsOnly(text)).toBe(false));
