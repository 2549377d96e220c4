import { expect, test } from "vitest";
import { foldText } from "./fold-text.ts";

test.each([
  ["Écran bloqué À L'ÉTAGE", "ecran bloque a l'etage"],
  ["l’œuvre, l`adresse – et la Straße", "l'oeuvre, l'adresse - et la strasse"],
  ["URGENTTTT!!! heeelp, www2, call, 1111", "urgent!!! help, w2, call, 1111"],
  ["e\u0301te\u0301 Ångström İstanbul", "ete angstrom istanbul"],
  ["ééé \ud83d\ude00 日本 \ud83d", "e \ud83d\ude00 日本 \ud83d"],
  ["", ""],
])("%j is folded to %j", (text, folded) => {
  expect(foldText(text)).toBe(folded);
  expect(foldText(folded)).toBe(folded);
});

test("every Latin letter with a mark is folded as Unicode takes it apart, wherever it stands", () => {
  for (let code = 0xc0; code < 0x250; code += 1) {
    const letter = String.fromCodePoint(code);
    const apart = letter.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
    const plain = apart.replace("œ", "oe").replace("æ", "ae").replace("ß", "ss");
    expect(foldText(`a${letter}b${letter}ñ`)).toBe(`a${plain}b${plain}n`);
  }
});
