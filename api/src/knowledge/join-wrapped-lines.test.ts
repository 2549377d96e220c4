import { describe, expect, test } from "vitest";
import { joinWrappedLines } from "./join-wrapped-lines.ts";

const lines = (...all: string[]) => all.join("\n");

describe("what was wrapped is joined", () => {
  test("lines with a path or a link in them", () => {
    const text = lines(
      "The log of the print service stands in C:\\Windows\\System32\\spool and is kept",
      "for a week; its newer entries are also on https://intranet.example.com/logs, in",
      "the part for printers, where everybody who has an account can read them.",
    );
    expect(joinWrappedLines(text)).not.toContain("\n");
  });

  test("a paragraph of lines of one width, and the next paragraph stays another one", () => {
    const text = lines(
      "When a gym locker key is lost, the holder goes to the sports office on the",
      "first floor and fills in the yellow form. The office drills the lock",
      "and hands out a new key, which costs ten euros and is paid in",
      "cash.",
      "",
      "Keys that are found are handed in at the sports office, where they are kept",
      "for a year.",
    );
    expect(joinWrappedLines(text)).toBe(
      lines(
        "When a gym locker key is lost, the holder goes to the sports office on the first floor and fills in the yellow form. The office drills the lock and hands out a new key, which costs ten euros and is paid in cash.",
        "",
        "Keys that are found are handed in at the sports office, where they are kept for a year.",
      ),
    );
  });

  test("a line that begins with a capital, a number or a bracket, where most lines of the text go on in small letters", () => {
    const text = lines(
      "Öffnen Sie die Einstellungen des Druckers und suchen Sie unter dem Punkt",
      "Netzwerk nach der Adresse. Sie steht auch auf dem Aufkleber an der Seite",
      "des Gerätes. Danach melden Sie sich in der Verwaltung an und geben Sie den",
      "dort genannten Namen ein, damit der Drucker im zweiten Stock im Gebäude",
      "12 (dem neuen) gefunden wird.",
    );
    expect(joinWrappedLines(text)).not.toContain("\n");
  });

  test("an entry of a list with what stands under it, and the entries stay apart", () => {
    const text = lines(
      "1. Open the grey cabinet beside the parking barrier with the key that hangs",
      "   in the guards' office.",
      "2) Press the yellow button for as long as it takes until the lamp beside it",
      "   has gone out.",
      "- Wait.",
      "◦ Or do not.",
    );
    expect(joinWrappedLines(text)).toBe(
      lines(
        "1. Open the grey cabinet beside the parking barrier with the key that hangs in the guards' office.",
        "2) Press the yellow button for as long as it takes until the lamp beside it has gone out.",
        "- Wait.",
        "◦ Or do not.",
      ),
    );
  });

  test.each([
    ["the print-\ner is on", "the printer is on"],
    ["the print\u00AD\ner is on", "the printer is on"],
    ["Connectez-\nvous au portail", "Connectez-vous au portail"],
    ["a self-service desk, and the self-\nservice page", "a self-service desk, and the self-service page"],
    ["for the A-\nplan", "for the A-\nplan"],
    ["Windows-\nServer", "Windows-\nServer"],
  ])("a divided word: %j", (text, joined) => {
    expect(joinWrappedLines(text)).toBe(joined);
  });
});

describe("lines that were meant stay", () => {
  const wrapped = lines(
    "When a gym locker key is lost, the holder goes to the sports office on the",
    "first floor and fills in the yellow form, which costs ten euros and is to be",
    "paid.",
  );
  test.each([
    ["an address", "Acme Corporation\n12 avenue de la Gare\n38000 Grenoble"],
    [
      "a long address",
      "Service informatique, bâtiment Alexandre-Fourier\n12 avenue du Général-Leclerc-de-Hauteclocque\n38000 Grenoble",
    ],
    [
      "a menu",
      "Soup of the day with bread and butter 4.50\nGrilled salmon with potatoes and peas 12.00\nPasta with tomato sauce and basil 9.50",
    ],
    ["a command a line", "ipconfig /release\nipconfig /renew\nshutdown /r /t 0"],
    [
      "long commands",
      "docker compose -f production.yml up --detach --build web\nkubectl rollout restart deployment/web --namespace support\ncurl https://intranet.example.com/health",
    ],
    [
      "keys and values",
      "Host name: turnstile01\nLogin page: https://turnstile01.example.com/login/page\nserver.port: 8080",
    ],
    [
      "a log",
      "2026-01-02 10:00:01 the service was started by the system administrator\n2026-01-02 10:00:02 the service was stopped by the system administrator",
    ],
    [
      "a table",
      "Name          Room     Phone of the colleague in the office\nanna          12       4711\nbert          13       4712",
    ],
    ["code", "const answer = await fetch(address, { method: 'POST', body });\nreturn answer.json();"],
    [
      "a heading and its ruler",
      "Parking barrier of the north gate and the south gate\n====================================================\nopen it",
    ],
    ["a letter's end", "Please call us.\n\nKind regards,\nAnna\nIT support"],
    ["sentences, one a line", "Open it.\nClose it.\nOpen it again."],
    ["nothing", ""],
  ])("%s, alone and within a wrapped text", (_, text) => {
    expect(joinWrappedLines(text)).toBe(text);
    expect(joinWrappedLines(`${wrapped}\n\n${text}`)).toBe(`${wrapped.replaceAll("\n", " ")}\n\n${text}`);
  });

  test("paragraphs of one line each, whatever their length", () => {
    const text = lines(
      "The first paragraph says what the service desk does on working days, and on the others. ".repeat(4),
      "and the second one goes on about something else that nobody has asked for until this day. ".repeat(4),
    );
    expect(joinWrappedLines(text)).toBe(text.replaceAll(". \n", ".\n").trimEnd());
  });

  test("what follows a colon", () => {
    const text = "To reset the barrier, type these words on the keypad of the grey cabinet:\nopen sesame";
    expect(joinWrappedLines(text)).toBe(text);
  });
});
