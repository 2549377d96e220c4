/** Markup that may stand in a page as it is. Only `html` makes it, out of escaped values. */
export type Html = { readonly markup: string };

type Value = string | number | Html | readonly Html[] | null;

/**
 * A tagged template whose values are escaped: html`<b>${"a < b"}</b>`. Markup goes in as it is, a list of markup one after the other, null
 * as nothing. Serves HTML text, quoted attributes and inline SVG alike.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  const parts = strings.map(
    (text, index) => text + (index < values.length ? put(values[index] ?? null) : ""),
  );
  return { markup: parts.join("") };
}

function put(value: Value): string {
  if (value === null) return "";
  if (typeof value === "string") return value.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
  if (typeof value === "number") return String(value);
  if ("markup" in value) return value.markup;
  return value.map(({ markup }) => markup).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
