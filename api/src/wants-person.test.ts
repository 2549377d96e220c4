import { expect, test } from "vitest";
import { wantsPerson } from "./wants-person.ts";

test.each([
  "can I talk to a human?",
  "I want to speak to someone please",
  "put me through to an agent",
  "Not a bot please",
  "please call me back",
  "je veux parler à quelqu'un",
  "Puis-je parler à un technicien ?",
  "passez-moi un humain",
  "pouvez-vous me rappeler",
  "je voudrais discuter avec une vraie personne",
])("a person is asked for in: %s", (text) => {
  expect(wantsPerson(text)).toBe(true);
});

test.each([
  "nobody in the meeting can hear me talk",
  "I need someone's old laptop reset to factory settings",
  "customers cannot call me, the line is dead",
  "Teams: people cannot see me",
  "mon VPN ne marche pas",
  "personne ne m'entend dans Teams",
  "le technicien est venu hier et l'écran est toujours noir",
  "I need access to the person register",
])("no person is asked for in: %s", (text) => {
  expect(wantsPerson(text)).toBe(false);
});
