import { CliError } from "../cli-error.ts";

/** Takes rows whose column has one of these values. */
export type RowFilter = { readonly column: string; readonly wanted: readonly string[] };

/** "language=en|fr" as a filter. Throws CliError where it is none, or names a column that the file has not. */
export function parseRowFilter(text: string, columns: readonly string[]): RowFilter {
  const at = text.indexOf("=");
  const column = text.slice(0, at);
  if (at < 1) throw new CliError(`--where "${text}" is not COLUMN=VALUE|VALUE.`);
  if (!columns.includes(column))
    throw new CliError(`--where names the column "${column}". The file has: ${columns.join(", ")}.`);
  return { column, wanted: text.slice(at + 1).split("|") };
}

/** A cell as filters compare it. */
export const asFilterText = (value: unknown) =>
  value === null || value === undefined ? "" : String(value).trim();
