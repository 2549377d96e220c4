import type { Ticket } from "../../shared/src/ticket.ts";
import { identifier } from "./identifier.ts";
import type { StarterText } from "./read-starter-texts.ts";
import { type Random, seededRandom } from "./seeded-random.ts";

/** Documents (Markdown) and solved tickets that make exactly as many chunks as were asked for. */
export type Knowledge = {
  readonly documents: readonly { readonly externalId: string; readonly markdown: string }[];
  readonly tickets: readonly Ticket[];
};

const chunksOfDocument = 5;
const ticketShare = 0.2;

/**
 * Composes a knowledge base of `chunkCount` chunks out of sentences that people wrote: four fifths in articles of five
 * sections, one fifth solved tickets. A text keeps to one language and queue and mostly to one source, so that its
 * vector has a subject; about a third of the sentences name a host, a site, a code or a version, most of them seldom, so
 * that word frequencies have the long tail of a real collection. The same seed gives the same texts.
 */
export function composeKnowledge(texts: readonly StarterText[], chunkCount: number, seed: number): Knowledge {
  const write = createWriter(texts);
  const ticketCount = Math.round((chunkCount * ticketShare) / chunksOfDocument) * chunksOfDocument;
  const articles = texts.filter(({ kind }) => kind === "article");
  const solved = texts.filter(({ kind }) => kind === "ticket");
  const documentCount = (chunkCount - ticketCount) / chunksOfDocument;
  // A generator for each text: an edit of a sample ticket changes those that use it, not all that follow.
  return {
    documents: Array.from({ length: documentCount }, (_, number) => {
      const random = seededRandom(seed + number);
      return {
        externalId: `bench-article-${number}`,
        markdown: composeArticle(random.pick(articles), write, random),
      };
    }),
    tickets: Array.from({ length: ticketCount }, (_, number) => {
      const random = seededRandom(seed + 1_000_000 + number);
      return { id: `bench-ticket-${number}`, ...composeTicket(random.pick(solved), write, random) };
    }),
  };
}

function composeArticle(anchor: StarterText, write: Writer, random: Random): string {
  const front = { title: write.title(anchor, random), language: anchor.language, queue: anchor.queue };
  const sections = Array.from({ length: chunksOfDocument }, () => {
    return `## ${random.pick(anchor.headings)}\n\n${write.passage(anchor, random, 40, 80)}`;
  });
  const matter = Object.entries(front).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `---\n${matter.join("\n")}\n---\n\n${sections.join("\n\n")}\n`;
}

function composeTicket(anchor: StarterText, write: Writer, random: Random): Omit<Ticket, "id"> {
  return {
    subject: write.title(anchor, random),
    body: write.passage(anchor, random, 25, 60),
    answer: write.passage(anchor, random, 20, 50),
    queue: anchor.queue,
    urgency: random.pick(["low", "medium", "high"]),
    language: anchor.language,
  };
}

type Writer = {
  title(anchor: StarterText, random: Random): string;
  /** Sentences of about `minTokens` to `maxTokens` together. */
  passage(anchor: StarterText, random: Random, minTokens: number, maxTokens: number): string;
};

function createWriter(texts: readonly StarterText[]): Writer {
  const subjectOf = ({ language, queue }: StarterText) => `${language} ${queue}`;
  const bySubject = Map.groupBy(texts, subjectOf);
  const sentence = (anchor: StarterText, random: Random): string => {
    const source = random.next() < 0.5 ? anchor : random.pick(bySubject.get(subjectOf(anchor)) ?? [anchor]);
    const words = random.pick(source.sentences);
    return random.next() < 0.35 ? `${words.replace(/[.!?]$/, "")} (${identifier(random)}).` : words;
  };
  return {
    title: ({ title }, random) => (random.next() < 0.5 ? title : `${title} – ${identifier(random)}`),
    passage: (anchor, random, minTokens, maxTokens) => {
      const wanted = random.between(minTokens, maxTokens);
      const tokensPerLetter = anchor.language === "en" ? 1 / 4.4 : 1 / 3.3;
      const parts: string[] = [];
      for (let tokens = 0; tokens < wanted; ) {
        const next = sentence(anchor, random);
        const nextTokens = next.length * tokensPerLetter;
        if (tokens >= minTokens && tokens + nextTokens > maxTokens) break;
        parts.push(next);
        tokens += nextTokens;
      }
      return parts.join(" ");
    },
  };
}
