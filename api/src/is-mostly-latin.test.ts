import { expect, test } from "vitest";
import { isMostlyLatin } from "./is-mostly-latin.ts";

test.each([
  "My printer is offline",
  "Écran œdème façade",
  "Drucker geht nicht",
  "809",
  "",
  "Mr. Иванов cannot open Outlook",
])("%j is", (text) => expect(isMostlyLatin(text)).toBe(true));

test.each([
  "Outlookが起動しません",
  "Мой принтер не печатает",
  "我的电脑无法连接VPN",
  "الطابعة لا تعمل",
  "プリンターが動かない Wi-Fi",
  "Ο εκτυπωτής δεν λειτουργεί",
])("%j is not", (text) => expect(isMostlyLatin(text)).toBe(false));
