import { z } from "@hono/zod-openapi";
import { type Language, languages } from "@support-it-agent/shared/text/detect-language";

const known = languages as readonly [Language, ...Language[]];

/** A language that text can be in; where a caller gives none, it is detected. */
export const languageSchema = z.enum(known);
