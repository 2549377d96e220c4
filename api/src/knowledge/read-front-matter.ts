import { languageOf } from "@support-it-agent/shared/text/language-of";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { DocumentError } from "./document-error.ts";
import type { ParsedDocument } from "./parsed-document.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value).trim());

/** What front matter may say; other keys are somebody else's and are let be. */
const frontMatterSchema = z.object({
  id: scalar.nullish(),
  title: scalar.nullish(),
  language: scalar.nullish(),
  lang: scalar.nullish(),
  queue: scalar.nullish(),
  url: scalar.nullish(),
  keywords: z.union([z.array(scalar), scalar.transform((words) => words.split(","))]).nullish(),
});

/** `language` is two letters; null where it is none of the languages that can be told. */
export type FrontMatter = Omit<ParsedDocument, "sections">;

/** The YAML front matter of a Markdown file, and what comes after it. Throws DocumentError for front matter that is no YAML. */
export function readFrontMatter(markdown: string): { matter: FrontMatter; body: string } {
  const match = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/.exec(markdown);
  if (!match || !isMapping(match[1] ?? "")) return { matter: described({}), body: markdown };
  try {
    // The limit on aliases keeps a few bytes from growing into gigabytes.
    const matter = frontMatterSchema.parse(parseYaml(match[1] ?? "", { maxAliasCount: 10 }) ?? {});
    return { matter: described(matter), body: markdown.slice(match[0].length) };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new DocumentError(
      "unreadable_document",
      `The front matter between the --- lines cannot be read: ${reason.split("\n")[0]}`,
      error,
    );
  }
}

/** Two thematic breaks look the same: a key has to come first, and behind an empty line one that is ours. */
function isMapping(yaml: string): boolean {
  const first = yaml.split("\n").find((line) => /^\s*[^#\s]/.test(line)) ?? "";
  if (/^\s*\n/.test(yaml)) return new RegExp(`^(?:${knownKeys})[ \\t]*:`).test(first);
  return /^(?:\{|["']?[\p{L}\p{N}_][^:\n]*:(?:\s|$))/u.test(first);
}

const knownKeys = Object.keys(frontMatterSchema.shape).join("|");

function described(matter: z.infer<typeof frontMatterSchema>): FrontMatter {
  return {
    id: matter.id || null,
    title: matter.title || null,
    language: languageOf(matter.language || matter.lang || "") ?? null,
    queue: matter.queue || null,
    url: matter.url || null,
    keywords: (matter.keywords ?? []).map((keyword) => keyword.trim()).filter(Boolean),
  };
}
