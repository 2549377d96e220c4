import { expect, test } from "vitest";
import { guessColumns } from "./guess-columns.ts";

test.each([
  {
    tool: "ServiceNow",
    columns: [
      "number",
      "short_description",
      "description",
      "assignment_group",
      "priority",
      "opened_at",
      "close_notes",
    ],
    mapping: {
      id: "number",
      subject: "short_description",
      body: "description",
      answer: "close_notes",
      queue: "assignment_group",
      urgency: "priority",
      created_at: "opened_at",
    },
  },
  {
    tool: "GLPI",
    columns: ["ID", "Titre", "Catégorie", "Urgence", "Date de création", "Description"],
    mapping: {
      id: "ID",
      subject: "Titre",
      body: "Description",
      queue: "Catégorie",
      urgency: "Urgence",
      created_at: "Date de création",
    },
  },
  {
    tool: "the public set",
    columns: ["subject", "body", "answer", "type", "queue", "priority", "language", "tag_1"],
    mapping: {
      subject: "subject",
      body: "body",
      answer: "answer",
      queue: "queue",
      urgency: "priority",
      language: "language",
    },
  },
])("the columns of $tool are known by their names", ({ columns, mapping }) => {
  expect(guessColumns(columns, {})).toEqual(mapping);
});

test("what is given goes first, and an empty name means none", () => {
  expect(guessColumns(["description", "comment", "queue"], { body: "comment", queue: "" })).toEqual({
    body: "comment",
  });
});

test("a file without a text, and a column that is not there, are refused with the file's columns", () => {
  expect(() => guessColumns(["a", "b"], {})).toThrow("--map body=COLUMN. The file has: a, b.");
  expect(() => guessColumns(["body"], { queue: "team" })).toThrow('no column "team". It has: body.');
});
