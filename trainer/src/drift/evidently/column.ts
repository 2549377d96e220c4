/** One column of a window; its type is declared, never inferred. Missing numbers are null, NaN or infinite; a missing label is null. */
export type Column =
  | { readonly name: string; readonly type: "numerical"; readonly values: readonly (number | null)[] }
  | { readonly name: string; readonly type: "categorical"; readonly values: readonly (string | null)[] };
