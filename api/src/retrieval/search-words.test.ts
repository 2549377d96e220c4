import { expect, test } from "vitest";
import { searchWords } from "./search-words.ts";

test.each([
  ["Wi-Fi is SLOW", ["wi", "fi", "wifi", "is", "slow"]],
  ["outlook.exe", ["outlook", "exe", "outlook.exe"]],
  ["ERR_CONNECTION_REFUSED", ["err", "connection", "refused", "err_connection_refused"]],
  ["error 0x80070035, KB5034441!", ["error", "0x80070035", "kb5034441"]],
  ["l'imprimante d’Élise, œuvre", ["l", "imprimante", "d", "élise", "oeuvre"]],
  ["printer/scanner", ["printer", "scanner"]],
  ["mail [EMAIL_1] or [PHONE_12]", ["mail", "or"]],
  ["ﬁle Ⅷ", ["file", "viii"]],
  ["", []],
])("%j has the words %j", (text, words) => {
  expect(searchWords(text)).toEqual(words);
});

test("a word that no one can have typed is no word", () => {
  expect(searchWords(`before ${"x".repeat(5_000)} after`)).toEqual(["before", "after"]);
});
