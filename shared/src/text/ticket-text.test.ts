import { expect, test } from "vitest";
import { ticketText } from "./ticket-text.ts";

test("a ticket's text is its subject, an empty line and its body", () => {
  expect(ticketText({ subject: "VPN", body: "It drops." })).toBe("VPN\n\nIt drops.");
});

test("a subject that is missing, or that the body begins with, is not said twice", () => {
  expect(ticketText({ body: "It drops." })).toBe("It drops.");
  expect(ticketText({ subject: "It drops", body: "it drops. Every hour." })).toBe("it drops. Every hour.");
});
