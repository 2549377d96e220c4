import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { DocumentInput } from "../knowledge/put-document.ts";
import { Problem } from "../problem.ts";
import { type DocumentDescription, documentDescriptionSchema } from "./document-schema.ts";
import { problemOfIssues } from "./problem-of-issues.ts";

const textMediaTypes = ["text/markdown", "text/html", "text/plain"] as const;

const jsonSchema = documentDescriptionSchema
  .extend({
    content: z.string().min(1),
    media_type: z.enum(textMediaTypes).default("text/markdown"),
    keywords: z.array(z.string().min(1).max(100)).max(100).optional(),
  })
  .openapi("DocumentUpload");

const file = { type: "string", format: "binary" } as const;

/** The request body of POST and PUT /documents in the OpenAPI document. */
export const documentRequestBody = {
  required: true,
  content: {
    "application/json": {
      schema: jsonSchema,
      example: {
        external_id: "network/vpn-does-not-connect",
        title: "The VPN does not connect",
        content:
          "## Try this first\n\n1. Check that the Internet works without the VPN.\n2. Restart the VPN client.",
      },
    },
    "multipart/form-data": {
      schema: {
        type: "object" as const,
        properties: {
          file,
          ...Object.fromEntries(
            ["external_id", "title", "language", "queue", "url"].map((name) => [
              name,
              { type: "string" as const },
            ]),
          ),
        },
        required: ["file"],
      },
    },
    ...Object.fromEntries(textMediaTypes.map((type) => [type, { schema: { type: "string" as const } }])),
    "application/pdf": { schema: file },
  },
};

/**
 * The document in a request, whichever way it came: JSON with its text, a form with a file, or the bare bytes under their
 * own media type. What the query says of it holds where the body does not say otherwise. Throws a Problem; what is in the
 * bytes is for the parser to judge.
 */
export async function readDocumentBody(c: Context): Promise<DocumentInput> {
  const described = describe(parse(documentDescriptionSchema, c.req.query(), "query"));
  const contentType = c.req.header("content-type") ?? "";
  const mediaType = contentType.split(";")[0]?.trim().toLowerCase();
  if (mediaType === "application/json") return { ...described, ...(await fromJson(c)) };
  if (mediaType === "multipart/form-data") return { ...described, ...(await fromForm(c)) };
  return { ...described, bytes: new Uint8Array(await c.req.arrayBuffer()), mediaType: contentType };
}

async function fromJson(c: Context): Promise<DocumentInput> {
  const body = parse(jsonSchema, await c.req.json().catch(refuseJson), "json");
  const { content, media_type, keywords, ...description } = body;
  return {
    ...describe(description),
    keywords,
    bytes: new TextEncoder().encode(content),
    mediaType: media_type,
  };
}

function refuseJson(cause: unknown): never {
  throw new Problem(
    "malformed_json",
    "The body cannot be read as JSON. Check quotes, commas and that it is whole.",
    {
      cause,
    },
  );
}

async function fromForm(c: Context): Promise<DocumentInput> {
  const form = await c.req.formData().catch((cause: unknown) => {
    throw new Problem(
      "invalid_request",
      "The body cannot be read as a form. Let your HTTP client build it.",
      { cause },
    );
  });
  const { file, ...fields } = Object.fromEntries(form);
  if (!(file instanceof File)) {
    throw new Problem("invalid_request", "The form has no file: send the document in a field named file.", {
      errors: [{ path: "file", message: "is missing" }],
    });
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const description = parse(documentDescriptionSchema, fields, "form");
  return { ...describe(description), bytes, mediaType: mediaTypeOf(file) };
}

const mediaTypeByEnding: Readonly<Record<string, string>> = {
  md: "text/markdown",
  markdown: "text/markdown",
  html: "text/html",
  htm: "text/html",
  txt: "text/plain",
  pdf: "application/pdf",
};

/** Clients that do not know a type say none, or "any bytes": the file's name then tells. */
function mediaTypeOf({ type, name }: File): string {
  const isVague = type === "" || type.startsWith("application/octet-stream");
  const ending = name.split(".").at(-1)?.toLowerCase() ?? "";
  return (isVague ? mediaTypeByEnding[ending] : undefined) ?? type;
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, target: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw problemOfIssues(parsed.error.issues, target);
}

const describe = ({ external_id, ...rest }: DocumentDescription) =>
  external_id === undefined ? rest : { ...rest, externalId: external_id };
