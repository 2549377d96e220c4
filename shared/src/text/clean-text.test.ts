import { describe, expect, test } from "vitest";
import { cleanText } from "./clean-text.ts";

describe("cleanText", () => {
  const cases: [string, string, string][] = [
    ["composes accents (NFC)", "e\u0301cran", "écran"],
    ["makes every line end a newline", "a\r\nb\rc\u2028d\u0085e\ff", "a\nb\nc\nd\ne\nf"],
    ["makes every blank a space, runs of them one", "a\u00a0\u202f\t  b\u3000c", "a b c"],
    [
      "takes out zero-width, soft-hyphen and direction marks",
      "pass\u200bword \u202eabc\u2066 co\u00adop\ufeff",
      "password abc coop",
    ],
    ["takes out controls", "a\u0000b\u001b[31mc\u007f", "ab[31mc"],
    ["takes out half surrogate pairs and keeps whole ones", "a\ud83db 😀 \ude00", "ab 😀"],
    ["takes out tag characters, which hide instructions", "hi\u{e0049}\u{e0067} you", "hi you"],
    ["takes out private-use characters", "ok \uf04a", "ok"],
    ["keeps at most one empty line and no blanks at the ends", "  a  \n \n\n\n b \n", "a\n\nb"],
    ["makes full-width letters, digits and signs plain", "Ｍｙ ＶＰＮ：０６＠ａ", "My VPN:06@a"],
    ["makes mathematical and circled letters plain", "𝐌𝐲 𝒱𝘗𝙽 ℍℰ ⓥⓟⓝ 𝟙𝟚", "My VPN HE vpn 12"],
    ["writes ligatures out", "of\ufb01ce con\ufb02ict", "office conflict"],
    ["keeps fractions, powers, marks and numbers in circles", "5½ m² ™ n° № ① ℃ 10³", "5½ m² ™ n° № ① ℃ 10³"],
    ["of nothing visible is empty", "\u200b\u0000 \n\t", ""],
  ];
  test.each(cases)("%s", (_, raw, cleaned) => {
    expect(cleanText(raw)).toBe(cleaned);
  });

  test("is idempotent on random UTF-16, half pairs included", () => {
    let state = 1;
    const random = (limit: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const ranges = [0x80, 0x300, 0x400, 0x2100, 0x3100, 0xd800, 0xe100, 0xff60, 0xfb07, 0x2140, 0x10000];
    for (let i = 0; i < 2_000; i += 1) {
      const units = Array.from({ length: random(30) }, () => random(ranges[random(ranges.length)]!));
      const once = cleanText(String.fromCharCode(...units));
      expect(cleanText(once)).toBe(once);
      expect(once.isWellFormed()).toBe(true);
    }
  });
});
