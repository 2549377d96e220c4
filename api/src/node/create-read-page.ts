import { readFile } from "node:fs/promises";
import type { ReadPage } from "../app-deps.ts";

const pages = new URL("../pages/", import.meta.url);
const swagger = new URL("./", import.meta.resolve("swagger-ui-dist/package.json"));

/** Every file that is served, by name. A name that is not here is none: no path is ever made out of a request. */
const files: Readonly<Record<string, URL>> = {
  "help.html": new URL("help.html", pages),
  "help.css": new URL("help.css", pages),
  "help.js": new URL("help.js", pages),
  "icon.svg": new URL("icon.svg", pages),
  "docs.html": new URL("docs.html", pages),
  "docs.js": new URL("docs.js", pages),
  "swagger-ui.css": new URL("swagger-ui.css", swagger),
  "swagger-ui-bundle.js": new URL("swagger-ui-bundle.js", swagger),
};

const contentTypes: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** Reads the pages and Swagger UI from where they are installed. They are read when asked for: few are, and the memory is not. */
export function createReadPage(): ReadPage {
  return async (name) => {
    const file = Object.hasOwn(files, name) ? files[name] : undefined;
    if (!file) return null;
    const ending = name.split(".").at(-1) ?? "";
    return { contentType: contentTypes[ending] ?? "application/octet-stream", bytes: await readBytes(file) };
  };
}

async function readBytes(file: URL): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(file));
}
