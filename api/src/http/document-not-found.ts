import { Problem } from "../problem.ts";

/** The problem of an id that no document has. */
export const documentNotFound = () =>
  new Problem(
    "document_not_found",
    "No document has this id: it was deleted, or never added. GET /documents lists them.",
  );
