/**
 * Lines without the headers of forwarded and quoted mails: two or more of From, To, Sent, Subject ... in a row, with a sender and what mails alone have, or a line
 * such as "-----Original Message-----" among them, and "On ... wrote:". A single "From:" is a log's. The subject stays where its
 * words stand nowhere else.
 */
export function dropHeaders(lines: readonly string[]): string[] {
  const kept: string[] = [];
  const subjects: { readonly at: number; readonly value: string }[] = [];
  let i = 0;
  while (i < lines.length) {
    const line = lines[i] ?? "";
    const length = headerLengthAt(lines, i);
    if (length === 0) kept.push(line);
    for (const header of lines.slice(i, i + length)) {
      const value = subject.exec(header)?.[1]?.trim();
      if (value) subjects.push({ at: kept.length, value });
    }
    i += Math.max(length, 1);
  }
  if (subjects.length === 0) return kept;
  let seen = kept.join("\n").toLowerCase();
  const added: typeof subjects = [];
  for (const { at, value } of subjects.slice(0, maxSubjects)) {
    if (seen.includes(value.toLowerCase())) continue;
    seen += `\n${value.toLowerCase()}`;
    added.push({ at, value });
  }
  return kept.flatMap((line, at) => [...valuesAt(added, at), line]).concat(valuesAt(added, kept.length));
}

/** A longer thread has said what it is about. */
const maxSubjects = 5;

function valuesAt(
  subjects: readonly { readonly at: number; readonly value: string }[],
  at: number,
): string[] {
  return subjects.filter((subject) => subject.at === at).map(({ value }) => value);
}

/** How many lines from `first` on are a mail's header; 0 for none. */
function headerLengthAt(lines: readonly string[], first: number): number {
  const line = lines[first] ?? "";
  if (wrote.test(line)) return 1;
  if (wroteFirstHalf.test(line) && wroteSecondHalf.test(lines[first + 1] ?? "")) return 2;
  const isMarked = marker.test(line);
  let length = isMarked ? 1 : 0;
  if (isMarked && lines[first + 1] === "") length += 1;
  const start = length;
  while (length - start < maxHeaderLines && header.test(lines[first + length] ?? "")) length += 1;
  const headers = lines.slice(first + start, first + length);
  if (isMarked) return headers.length > 0 || !/^_/.test(line) ? (headers.length > 0 ? length : 1) : 0;
  // "De : Paris" and "À : Lyon" are no mail's, nor are the addresses of a rule that somebody asks for ("please create:").
  if (headers.length < 2 || /[^:]:$/.test(lines[first - 1] ?? "")) return 0;
  const isMail =
    headers.some((name) => ofMails.test(name)) || headers.some((name) => senderAddress.test(name));
  return isMail && headers.some((name) => sender.test(name)) ? length : 0;
}

const maxHeaderLines = 12;

const header =
  /^\*{0,2}(?:from|to|cc|bcc|sent|date|subject|reply-to|importance|attachments?|de|à|a|cci|envoyé(?: le)?|envoye|objet|répondre à|pièces? jointes?|priorité)\*{0,2} ?:(?:\*{0,2}) ?.{0,400}$/i;
const sender = /^\*{0,2}(?:from|de)\*{0,2} ?:/i;
const senderAddress = /^\*{0,2}(?:from|de)\*{0,2} ?:.{0,200}(?:@|\[EMAIL_)/i;
const ofMails = /^\*{0,2}(?:subject|objet|sent|envoyé(?: le)?|envoye)\*{0,2} ?:/i;
const subject =
  /^\*{0,2}(?:subject|objet)\*{0,2} ?:\*{0,2} ?(?:(?:re|fw|fwd|tr|réf|rép) ?: ?){0,4}(.{0,400})$/i;

const marker =
  /^(?:-{2,12} ?(?:original message|original|forwarded message|forwarded by .{0,80}|message d['’]origine|message original|message transféré|message transmis|courriel original) ?-{2,12}|_{8,80}|begin forwarded message ?:|début du message (?:transféré|réexpédié) ?:)$/i;

const wrote =
  /^(?:le (?:\p{L}{2,9}\.?,? )?\d.{0,160} (?:a|avez) écrit|on (?:\p{L}{2,9},? )?(?:\d|\p{L}{3,9}\.? \d|at ).{0,160} wrote|on (?:mon|tue|wed|thu|fri|sat|sun)\p{L}{0,6},.{0,160} wrote) ?:$/iu;
const wroteFirstHalf =
  /^(?:le (?:\p{L}{2,9}\.?,? )?\d|on (?:\p{L}{2,9},? )?(?:\d|\p{L}{3,9}\.? \d)).{4,160}$/iu;
const wroteSecondHalf = /^[^!?]{0,100}(?:a écrit|wrote) ?:$/iu;
