import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ticketSchema } from "../../shared/src/ticket.ts";

/** What one article or ticket gives: sentences that belong together. */
export type StarterText = {
  readonly kind: "article" | "ticket";
  readonly language: string;
  readonly queue: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly sentences: readonly string[];
};

/** A fixed set: another file would change every text that is composed. */
const ticketFile = /^(en|fr)-(general|hardware|network|outages|security|software)\.jsonl$/;

const starterFolder = fileURLToPath(new URL("../../data/starter", import.meta.url));

/**
 * The articles and sample tickets of data/starter, cut into sentences by the simplest rule: a change of the application's
 * own parser or splitter shall not change the texts that a benchmark measures. The blind test set is not read.
 */
export async function readStarterTexts(): Promise<StarterText[]> {
  const [articles, tickets] = await Promise.all([readArticles(), readTickets()]);
  return [...articles, ...tickets].filter(({ sentences }) => sentences.length > 0);
}

async function readArticles(): Promise<StarterText[]> {
  const texts: StarterText[] = [];
  for (const path of await filesOf("articles", /\.md$/)) {
    const [, matter = "", body = ""] = (await readFile(path, "utf8")).split(/^---$/m);
    const field = (name: string) => new RegExp(`^${name}: *"?(.*?)"?$`, "m").exec(matter)?.[1] ?? "";
    const lines = body.split("\n");
    const headings = lines.flatMap((line) => /^## (.*)/.exec(line)?.[1] ?? []);
    const sentences = sentencesOf(lines.filter((line) => !line.startsWith("#")));
    const described = { language: field("language"), queue: field("queue"), title: field("title") };
    texts.push({ kind: "article", ...described, headings, sentences });
  }
  return texts;
}

async function readTickets(): Promise<StarterText[]> {
  const texts: StarterText[] = [];
  for (const path of await filesOf("tickets", ticketFile)) {
    for (const line of (await readFile(path, "utf8")).split("\n").filter(Boolean)) {
      const ticket = ticketSchema.safeParse(JSON.parse(line));
      if (!ticket.success || !ticket.data.queue || !ticket.data.language) continue;
      const { subject, body, answer = "", queue, language } = ticket.data;
      const sentences = sentencesOf([...body.split("\n"), ...answer.split("\n")]);
      texts.push({
        kind: "ticket",
        language,
        queue,
        title: subject || body.slice(0, 60),
        headings: [],
        sentences,
      });
    }
  }
  return texts;
}

async function filesOf(folder: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(`${starterFolder}/${folder}`, { recursive: true });
  return entries
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => `${starterFolder}/${folder}/${name}`);
}

/** Sentences without Markdown's marks; what is no sentence (a line of a log, a signature) stands for one. */
function sentencesOf(lines: readonly string[]): string[] {
  return lines
    .flatMap((line) => line.replace(/^\s*(?:\d+\.|[-*>])\s+|[*`]/g, "").split(/(?<=[.!?]) +(?=\p{Lu})/u))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length >= 12 && sentence.length <= 300);
}
