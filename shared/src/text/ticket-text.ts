/**
 * What a ticket is to features, retrieval and log: subject and body as one raw text, to be given to prepareText. A body
 * that repeats the subject as its first words (as many mail gateways make it) is not given it twice.
 */
export function ticketText(ticket: { readonly subject?: string | undefined; readonly body: string }): string {
  const subject = ticket.subject?.trim() ?? "";
  const body = ticket.body.trim();
  if (subject === "" || body.toLowerCase().startsWith(subject.toLowerCase())) return body;
  return body === "" ? subject : `${subject}\n\n${body}`;
}
