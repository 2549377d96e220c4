import { describe, expect, test } from "vitest";
import { detectLanguage, languages } from "./detect-language.ts";

describe("detectLanguage", () => {
  const cases: [string, string][] = [
    ["Mon VPN ne marche pas", "fr"],
    ["mon imprimante marche plus", "fr"],
    ["jai oublie mon mdp", "fr"],
    ["le wifi du laptop ne marche pas", "fr"],
    ["ecran noir", "fr"],
    ["compte bloqué", "fr"],
    ["besoin acces sharepoint compta", "fr"],
    ["Outlook plante au démarrage", "fr"],
    ["wifi pourri salle 3", "fr"],
    ["pb connexion vpn", "fr"],
    ["My VPN is not working", "en"],
    ["printer offline", "en"],
    ["laptop very slow", "en"],
    ["need access to sharepoint", "en"],
    ["cant log in", "en"],
    ["screen flickers", "en"],
    ["account locked", "en"],
    ["Mein Drucker druckt nicht", "de"],
    ["Passwort vergessen", "de"],
    ["VPN Verbindung geht nicht", "de"],
    ["Olvidé mi contraseña", "es"],
    ["La impresora no funciona", "es"],
    ["no puedo conectar a la vpn", "es"],
    ["Esqueci a minha senha", "pt"],
    ["A impressora não funciona", "pt"],
    ["La stampante non funziona", "it"],
    ["ho dimenticato la password", "it"],
    ["Mijn printer werkt niet", "nl"],
    ["wachtwoord vergeten", "nl"],
    // Loan words and words of two languages do not decide, and a function word outweighs them.
    ["dark mode outlook", "en"],
    ["airplane mode on", "en"],
    ["URGENT", "en"],
    ["onedrive red cross", "en"],
    ["mon outlook crash", "fr"],
    ["help svp", "fr"],
    ["mes teams crash pas", "fr"],
    ["the réunion room", "en"],
    ["my session urgent", "en"],
    ["PowerPoint me dit", "fr"],
  ];
  test.each(cases)("%s -> %s", (text, language) => {
    expect(detectLanguage(text)).toBe(language);
  });

  test("does not let log lines outvote the sentence above them", () => {
    const log =
      "ERROR 2024-03-01 could not connect to the server, the request has failed and will be retried\n";
    expect(detectLanguage(`ca plante depuis hier\n${log.repeat(5)}`)).toBe("fr");
  });

  test("does not let a path, a file or an URL decide", () => {
    const text = "voici le fichier https://files.example.com/the-new-report-is-not-working/that.html";
    expect(detectLanguage(text)).toBe("fr");
  });

  test("answers en where nothing tells", () => {
    for (const text of ["", "???", "42", "🙏", "VPN", "[EMAIL_1]"]) expect(detectLanguage(text)).toBe("en");
  });

  // Lines that people do write: dots up to a value, lines that divide. A pattern that tries every way to cut them never ends.
  test.each([
    "Bonjour............................................................\nmon pc ne demarre plus",
    "Nom..........................................................: Dupont",
    ...[
      ".",
      "a.",
      "aaaa.",
      "a_",
      " ",
      "at a.",
      "//",
      "/a",
      "\\",
      "-",
      "_",
      "=",
      "é.",
      "1.",
      "a@",
      "ERROR ",
      "\n",
      "« ",
      "mon ",
      "д",
      "[EMAIL_1]",
    ].map((unit) => unit.repeat(4_000 / unit.length)),
  ])("comes to an end: %j", { timeout: 5_000 }, (text) => {
    expect(languages).toContain(detectLanguage(text));
  });
});
