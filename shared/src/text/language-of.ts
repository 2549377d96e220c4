import { type Language, languages } from "./detect-language.ts";
import { foldText } from "./fold-text.ts";

/**
 * The language that a file or an export names: en, en-GB, EN, English, anglais -> en. Names are known in English, French, German and
 * the language itself. Undefined where it is none that can be told.
 */
export function languageOf(value: string): Language | undefined {
  const folded = foldText(value).trim();
  return languages.find((code) => folded.split(/[-_]/)[0] === code || namesOf(code).includes(folded));
}

const namesOf = (code: string) =>
  ["en", "fr", "de", code].map((own) =>
    foldText(new Intl.DisplayNames([own], { type: "language" }).of(code) ?? code),
  );
