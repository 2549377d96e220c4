import { expect, test } from "vitest";
import { mapUrgency } from "./map-urgency.ts";

test.each([
  ["critical", "high"],
  ["High", "high"],
  ["medium", "medium"],
  ["low", "low"],
  ["very_low", "low"],
  ["Very low", "low"],
  // ITIL, with and without its letter; 1 is the most urgent.
  ["P1", "high"],
  ["p2", "high"],
  ["P3", "medium"],
  ["4", "low"],
  ["5", "low"],
  ["Priority 2", "high"],
  // ServiceNow and Jira write number and word, or other words.
  ["1 - Critical", "high"],
  ["3 - Moderate", "medium"],
  ["5 - Planning", "low"],
  ["Highest", "high"],
  ["Blocker", "high"],
  // GLPI in French: its numbers run the other way, its words do not.
  ["Très haute", "high"],
  ["Élevée", "high"],
  ["Moyenne", "medium"],
  ["Très basse", "low"],
  ["Priorité 3", "medium"],
])("%s is %s", (value, urgency) => {
  expect(mapUrgency(value)).toBe(urgency);
});

test.each(["asap", "0", "6", "12", "pending", "high?low", "-"])("%s is none, and not guessed", (value) => {
  expect(mapUrgency(value)).toBeUndefined();
});

test("what is given goes before what is known", () => {
  const given = new Map([
    ["5", "high" as const],
    ["n/a", null],
  ]);
  expect(mapUrgency("5", given)).toBe("high");
  expect(mapUrgency("N/A", given)).toBeNull();
});
