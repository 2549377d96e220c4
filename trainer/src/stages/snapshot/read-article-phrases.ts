import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { CliError } from "../../cli-error.ts";

/** A short text out of an article of the knowledge base, for the queue that the article belongs to. */
export type ArticlePhrase = {
  readonly id: string;
  /** The article: its phrases stay together in every fold. */
  readonly group: string;
  readonly language: string | undefined;
  readonly queue: string;
  readonly text: string;
};

const frontMatterSchema = z.object({
  title: z.string().min(1),
  queue: z.string().min(1).optional(),
  language: z.string().min(2).optional(),
  keywords: z.array(z.coerce.string()).default([]),
});

/**
 * What people call the matter of each article: its title, its keywords, and the list items before its numbered steps (the
 * symptoms). They say which queue such words belong to, and nothing of urgency. Articles without front matter or queue give
 * none. Sorted by path. Rejects with CliError where the folder cannot be read or front matter is no YAML.
 */
export async function readArticlePhrases(folder: string): Promise<ArticlePhrase[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new CliError(`${folder} cannot be read: give a folder of Markdown articles by --articles.`, {
      cause,
    });
  });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const articles = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(file, "utf8") })),
  );
  return articles.flatMap(({ file, text }) => phrasesOf(relative(folder, file).split(sep).join("/"), text));
}

function phrasesOf(path: string, text: string): ArticlePhrase[] {
  const [, frontMatter, body = ""] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(text) ?? [];
  if (frontMatter === undefined) return [];
  const { title, queue, language, keywords } = parseFrontMatter(path, frontMatter);
  if (!queue) return [];
  const [beforeSteps = ""] = body.split(/^\d+\.\s/m);
  const symptoms = [...beforeSteps.matchAll(/^[-*]\s+(.+)$/gm)].map(([, item = ""]) => withoutQuotes(item));
  return [...new Set([title, ...keywords, ...symptoms])].map((phrase, index) => ({
    id: `article:${path}:${String(index).padStart(2, "0")}`,
    group: `article:${path}`,
    language,
    queue,
    text: phrase,
  }));
}

function parseFrontMatter(path: string, yaml: string): z.infer<typeof frontMatterSchema> {
  try {
    return frontMatterSchema.parse(parse(yaml));
  } catch (cause) {
    throw new CliError(
      `The front matter of ${path} cannot be read: it needs a title, and keywords as a list.`,
      { cause },
    );
  }
}

const withoutQuotes = (text: string) => text.replace(/^[\s"'“”«»„]+|[\s"'“”«»„]+$/gu, "");
