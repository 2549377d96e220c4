import { html } from "../stages/evaluate/report/html.ts";

/** Text as it may stand in HTML's content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return html`${text}`.markup;
}
