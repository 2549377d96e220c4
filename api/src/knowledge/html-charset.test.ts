import { describe, expect, test } from "vitest";
import { htmlCharset } from "./html-charset.ts";
import { parseDocument } from "./parse-document.ts";

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe("htmlCharset", () => {
  test.each([
    ["charset", '<meta charset="iso-8859-1">', "windows-1252"],
    [
      "http-equiv, as Word writes it",
      "<html><head><meta http-equiv=Content-Type content='text/html; charset=windows-1250'>",
      "windows-1250",
    ],
    ["the first that is known", '<meta charset="klingon"><meta charset=utf-8><meta charset=koi8-r>', "utf-8"],
    ["UTF-16, which it cannot be", "<meta charset=utf-16le>", "utf-8"],
    [
      "one in a comment or a description",
      '<!-- <meta charset=koi8-r> --><meta content="charset=koi8-r">',
      null,
    ],
    ["one behind the first 1,024 bytes", `${" ".repeat(1_024)}<meta charset=koi8-r>`, null],
    ["none", "<p>x</p>", null],
  ])("%s", (_, html, charset) => {
    expect(htmlCharset(latin1(html))).toBe(charset);
  });
});

describe("parseDocument", () => {
  const html = "<meta http-equiv=Content-Type content='text/html; charset=windows-1252'><p>acc\u00e8s</p>";
  const read = async (bytes: Uint8Array, mediaType = "text/html") =>
    (await parseDocument(bytes, mediaType)).sections[0]?.text;

  test("heeds what a page declares", async () => {
    expect(await read(latin1(html))).toBe("accès");
  });

  test("reads a page that became UTF-8 and kept its declaration", async () => {
    expect(await read(new TextEncoder().encode(html))).toBe("accès");
  });

  test("believes the content type before the page", async () => {
    expect(await read(latin1(html.replace("\u00e8", "\u00b9")), "text/html; charset=iso-8859-2")).toBe(
      "accšs",
    );
    await expect(read(latin1(html), "text/html; charset=utf-8")).rejects.toThrow("utf-8");
  });

  test("refuses a page that declares nothing", async () => {
    await expect(read(latin1("<p>acc\u00e8s</p>"))).rejects.toThrow("not utf-8 text");
  });
});
