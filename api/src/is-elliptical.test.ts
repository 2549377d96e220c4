import { expect, test } from "vitest";
import { changesTopic, isElliptical } from "./is-elliptical.ts";

test.each([
  "et sur Mac ?",
  "and on a Mac?",
  "mais sur mon téléphone ?",
  "what about Outlook?",
  "for Windows 11",
  "sur iPhone",
  "ça ne marche toujours pas",
  "it still does not work",
  "Still nothing",
  "I tried that and it says the same",
  "je l'ai déjà fait",
  "étape 3 ?",
  "where do I find it in the settings?",
  "why?",
  "comment ?",
  "It asks for my password",
  "I don't see the button",
  "c'est où ?",
  "and if I am at home?",
  "that didn't help",
])("%j needs what was said before", (text) => expect(isElliptical(text)).toBe(true));

test.each([
  "my printer is offline",
  "New problem: my printer is offline",
  "By the way how do I set an out of office reply?",
  "imprimante hors ligne",
  "Mon VPN ne marche pas",
  "how do I reset my password?",
  "comment ajouter une imprimante ?",
  "On my laptop the Wi-Fi icon is gone since this morning",
  "Au fait, comment partager un calendrier ?",
  "autre question : et le scanner ?",
  "This morning my laptop did not start",
  "Outlook keeps asking for my password and then it closes",
  "the projector in the big room shows nothing",
])("%j stands alone", (text) => expect(isElliptical(text)).toBe(false));

test("a new topic is announced, or is not", () => {
  expect(changesTopic("ok merci. Autre problème : plus de son")).toBe(true);
  expect(changesTopic("Thanks! Another question: how do I scan?")).toBe(true);
  expect(changesTopic("the new problem started on Monday")).toBe(false);
  expect(changesTopic("it is the same issue")).toBe(false);
});
