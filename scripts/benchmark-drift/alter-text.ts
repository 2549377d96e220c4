import type { Random } from "../benchmark/seeded-random.ts";

/** A ticket as somebody in a hurry writes it: subject and first sentence. */
export function shortenText(text: string): string {
  const [first = "", ...rest] = text.split("\n\n");
  const sentence = /^[^.!?\n]*[.!?]/.exec(
    rest.join(" ").replace(/^(?:dear|hello|hi)[^,.\n]*[,.]\s*/i, ""),
  )?.[0];
  return sentence ? `${first}\n\n${sentence.trim()}` : first;
}

/** Typing errors in every third word (a letter dropped, doubled or swapped with its neighbour) and no capitals or commas. */
export function misspellText(text: string, random: Random): string {
  return text
    .toLowerCase()
    .replaceAll(",", "")
    .replace(/[a-z]{4,}/g, (word) => (random.next() < 1 / 3 ? misspellWord(word, random) : word));
}

function misspellWord(word: string, random: Random): string {
  const at = random.between(1, word.length - 2);
  const [before, letter, next, after] = [word.slice(0, at), word[at], word[at + 1], word.slice(at + 2)];
  return random.pick([
    `${before}${next}${after}`,
    `${before}${letter}${letter}${next}${after}`,
    `${before}${next}${letter}${after}`,
  ]);
}

/** An automatic message that differs from the next one in a host name, a number and a date. */
export function templateText(random: Random): string {
  const host = `${random.pick(["srv", "db", "app", "web", "nas"])}-${random.pick(["paris", "lyon", "lab", "dmz", "core"])}-${random.between(1, 40)}`;
  return [
    `[Monitoring] Backup job failed on ${host}`,
    `This is an automatic message. The scheduled backup job ${random.between(1_000, 9_999)} on ${host} ended with status FAILED ` +
      `after ${random.between(2, 59)} minutes. Retries: ${random.between(0, 5)}. Last good backup: 2026-0${random.between(1, 9)}-1${random.between(0, 9)}.`,
    "Please check the job history. Do not answer this message.",
  ].join("\n\n");
}
