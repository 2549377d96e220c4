import { expect, test } from "vitest";
import { linkText } from "./link-text.ts";

test.each([
  ["the portal", "https://portal.example.com/rights", "the portal (https://portal.example.com/rights)"],
  ["https://portal.example.com", "https://portal.example.com/", "https://portal.example.com"],
  ["portal.example.com", "https://www.portal.example.com", "portal.example.com"],
  ["", "https://portal.example.com", "https://portal.example.com"],
  ["below", "#steps", "below"],
  ["the VPN article", "vpn.md", "the VPN article"],
  ["write to us", "mailto:it@example.com", "write to us"],
  ["press", "javascript:alert(1)", "press"],
])("the link [%s](%s) is read as %s", (label, address, text) => {
  expect(linkText(label, address)).toBe(text);
});
