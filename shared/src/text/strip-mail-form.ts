import { dropClosings } from "./mail-form/drop-closings.ts";
import { dropGreetings } from "./mail-form/drop-greetings.ts";
import { dropHeaders } from "./mail-form/drop-headers.ts";
import { dropNotices } from "./mail-form/drop-notices.ts";
import { partSeparator } from "./part-separator.ts";

/**
 * What was asked, of a cleaned text that may be a mail: without greeting, closing formula ("merci d'avance", "best regards",
 * "could you please help?") and the signature behind it, confidentiality notices, "Sent from my iPhone", the headers of forwarded
 * and quoted mails and their quote marks. The forwarded body stays, and so do the subject of a forwarded mail that stands nowhere
 * else and whatever follows a closing in the middle. Each part of a text is read by itself; one of which fewer than two words would
 * be left stays as it is, and a greeting stays before fewer than four. Idempotent, linear in the length.
 */
export function stripMailForm(cleaned: string): string {
  return cleaned.split(partSeparator).map(stripPart).join(partSeparator);
}

function stripPart(part: string): string {
  const start = part.length - part.trimStart().length;
  const end = part.trimEnd().length;
  if (end <= start) return part;
  let text = part.slice(start, end);
  // One form can uncover another; where that goes on and on nobody wrote a mail.
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const stripped = tidy(stripOnce(text));
    if (stripped === text)
      return countWords(dropGreetings(text)) >= 2 ? part.slice(0, start) + text + part.slice(end) : part;
    text = stripped;
  }
  return part;
}

const maxPasses = 6;

function stripOnce(text: string): string {
  const unquoted = text.replace(/^(?:> ?)+(?=[^>\s=])/gm, "").replace(/^(?:> ?)+$/gm, "");
  const body = dropClosings(dropNotices(dropHeaders(unquoted.split("\n")))).join("\n");
  const question = dropGreetings(body);
  return countWords(question) < fewestWordsOfQuestion ? body : question;
}

/** As cleanText leaves lines. */
function tidy(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** Behind a greeting fewer are as likely small talk ("hello, how are you?"), which its greeting tells from a question. */
const fewestWordsOfQuestion = 4;

const countWords = (text: string) => text.match(/[\p{L}\p{N}][\p{L}\p{N}'’._-]*/gu)?.length ?? 0;
