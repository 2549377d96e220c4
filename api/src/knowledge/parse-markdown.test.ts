import { describe, expect, test } from "vitest";
import { DocumentError } from "./document-error.ts";
import { documentLimits } from "./document-limits.ts";
import { parseMarkdown } from "./parse-markdown.ts";

const textsOf = (markdown: string) => parseMarkdown(markdown).sections.map(({ text }) => text);
const textOf = (markdown: string) => textsOf(markdown).join("\n---\n");

describe("line breaks", () => {
  test("a soft one is a blank, a hard one is a line's end", () => {
    expect(textOf("one\ntwo\n\n> three\n> four")).toBe("one two\n\nthree four");
    expect(textOf("one  \ntwo\\\nthree<br>four<br/>\nfive")).toBe("one\ntwo\nthree\nfour\nfive");
  });

  test("in a heading or a cell a hard one is a blank", () => {
    expect(parseMarkdown("## One<br>two\n\n| A | B |\n|---|---|\n| x<br>y | z |").sections).toEqual([
      { heading: "One two", text: "A: x y | B: z" },
    ]);
  });

  test("in an item they are its own lines", () => {
    expect(textOf("1. Open it  \n   and wait\n   for long\n2. Close it")).toBe(
      "1. Open it\nand wait for long\n2. Close it",
    );
  });
});

describe("links", () => {
  test.each([
    ["[the portal](https://kb.example.com/a)", "the portal (https://kb.example.com/a)"],
    ["[the portal][p]\n\n[p]: https://kb.example.com/a", "the portal (https://kb.example.com/a)"],
    ["[Portal]\n\n[portal]: <https://kb.example.com/a> 'x'", "Portal (https://kb.example.com/a)"],
    ["<https://kb.example.com/a>", "https://kb.example.com/a"],
    ["www.example.com", "www.example.com"],
    ["[there](#top) and [here](vpn.md)", "there and here"],
    ["[![Alt](a.png)](https://kb.example.com/a)", "Alt (https://kb.example.com/a)"],
    ["![Alt](https://kb.example.com/a.png) ![ref][x]\n\n[x]: b.png", "Alt ref"],
  ])("%j", (markdown, text) => {
    expect(textOf(markdown)).toBe(text);
  });

  test("a heading has the label alone", () => {
    expect(parseMarkdown("# [VPN](https://x.example)\n\ntext").title).toBe("VPN");
  });

  test("a link is found where its definition stands in another piece of a long document", () => {
    const long = "x".repeat(documentLimits.markdownParagraphLength + 1);
    expect(textOf(`See [the portal].\n\n${long}\n\n[the portal]: https://kb.example.com/a`)).toBe(
      `See the portal (https://kb.example.com/a).\n\n${long}`,
    );
  });

  test("pictures that are written into the text are left out", () => {
    const picture = `data:image/png;base64,${"QUJD".repeat(100_000)}`;
    expect(textOf(`1. Open it\n\n   ![shot](${picture})\n\n2. Go ![][i]\n\n[i]: <${picture}>`)).toBe(
      "1. Open it\nshot\n2. Go",
    );
  });
});

test("code is marked line by line and stands with what it is for", () => {
  expect(textOf("Run this:\n\n```sh\n# a\n\n  b\n```\n\nThen:\n\n    c\n\n- d\n\n  ```\n  e\n  ```")).toBe(
    "Run this:\n│ # a\n│   b\n\nThen:\n│ c\n\n- d\n│ e",
  );
});

describe("HTML", () => {
  test("blocks are read, and so is the Markdown between them", () => {
    const text = textOf(
      "<details><summary>Solution</summary>\n<p>Hold the blue button.</p>\n\nThen **wait**.\n\n</details>\n\n<ol><li>Open</li><li>Close</li></ol>\n\n<!-- a\n\ncomment -->\n\nEnd.",
    );
    expect(text.split("\n").filter(Boolean)).toEqual([
      "Solution",
      "Hold the blue button.",
      "Then wait.",
      "1. Open",
      "2. Close",
      "End.",
    ]);
  });

  test("a table is one though empty lines stand in it", () => {
    expect(
      textOf(
        "<table>\n<tr><th>Lamp</th><th>Means</th></tr>\n\n<tr><td>Red</td><td>Defect</td></tr>\n\n</table>",
      ),
    ).toBe("Lamp: Red | Means: Defect");
  });

  test("headings are the document's", () => {
    const parsed = parseMarkdown(
      '<h1 align="center">Widget</h1>\n\nIntro.\n\n<h3>Install</h3>\n\nText.\n\n## <a name="x"></a>Use\n\n<div>\n\nMore.\n\n</div>',
    );
    expect([parsed.title, parsed.sections]).toEqual([
      "Widget",
      [
        { heading: null, text: "Intro." },
        { heading: "Install", text: "Text." },
        { heading: "Use", text: "More." },
      ],
    ]);
  });

  test("in a paragraph, a cell or an item it goes, and its words are not glued", () => {
    expect(textOf("Press <kbd>Ctrl</kbd>+<kbd>C</kbd> <img src=x>now")).toBe("Press Ctrl+C now");
    expect(textOf("| A |\n|---|\n| <ul><li>one</li><li>two</li></ul> |")).toMatch(/^A: one +two$/);
    expect(textOf("1. Open\n\n   <p>The lid.</p>\n\n2. Close")).toBe("1. Open\nThe lid.\n2. Close");
  });
});

describe("a block that is too long for the parser", () => {
  const rows = (count: number, row: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => row(index));

  test("a table is cut between rows, each with its columns", () => {
    const table = rows(400, (index) => `| E${index} | The **device** ${index} is not ready |`);
    const lines = textOf(`# Codes\n\nIntro\n\n| Code | Means |\n|---|---|\n${table.join("\n")}\n\nEnd`)
      .split("\n")
      .filter(Boolean);
    expect(lines).toEqual([
      "Intro",
      ...rows(400, (index) => `Code: E${index} | Means: The device ${index} is not ready`),
      "End",
    ]);
  });

  test("a list is cut between entries, which keep their numbers", () => {
    const list = rows(500, (index) => `${index + 1}. Do **${index + 1}** now\n     - as *told*`);
    const lines = textOf(list.join("\n")).split("\n").filter(Boolean);
    expect(lines).toEqual(
      rows(500, (index) => `${index + 1}. Do ${index + 1} now\n◦ as told`).flatMap((text) =>
        text.split("\n"),
      ),
    );
  });

  test("wrapped text is cut at line ends", () => {
    const line = "some *words* of a paragraph that never ends";
    const words = rows(1_000, () => line).join("\n");
    expect(textOf(words).replaceAll(/\s+/g, " ")).toBe(words.replaceAll("*", "").replaceAll("\n", " "));
  });

  test("a fence stays whole, and what follows it is no code", () => {
    const log = rows(1_200, (index) => `error ${index}`).join("\n");
    const [before, after] = parseMarkdown(
      `Intro.\n\n\`\`\`\n${log}\n\n${log}\n\`\`\`\n\n## Next\n\n- b`,
    ).sections;
    expect(
      before?.text
        .split("\n")
        .slice(1)
        .every((line) => line.startsWith("│ error")),
    ).toBe(true);
    expect(before?.text.split("\n").length).toBe(2_401);
    expect(after).toEqual({ heading: "Next", text: "- b" });
  });

  test("what looks like a fence and is never closed hides nothing", () => {
    const text = `~~~~ a\n\nb\n\n${"c d\n".repeat(5_000)}\n## Next\n\ne`;
    expect(parseMarkdown(`    ${text}`).sections.at(-1)).toEqual({ heading: "Next", text: "e" });
  });

  test("a table of HTML is read whole", () => {
    const table = rows(500, (index) => `<tr><td>E${index}</td><td>Defect</td></tr>`).join("\n");
    const html = `<table>\n<tr><th>Code</th><th>Means</th></tr>\n${table}\n</table>`;
    expect(textOf(`${html}\n\nEnd`).split("\n").filter(Boolean)).toEqual([
      ...rows(500, (index) => `Code: E${index} | Means: Defect`),
      "End",
    ]);
  });
});

describe("front matter", () => {
  test.each([
    ["lang: fr-FR", "fr"],
    ["lang: FR", "fr"],
    ["language: French", "fr"],
    ["lang: Klingon", null],
    ["title: x", null],
  ])("%j gives the language %s", (line, language) => {
    expect(parseMarkdown(`---\n${line}\n---\ntext`).language).toBe(language);
  });

  test.each([
    "---\n\n# Title\n\nText: of it: all\n\n---\n\nMore",
    "---\n\n# Title\n\nText\n\n---\n\nMore",
    "---\n# Title\n\nText\n\n---\nMore",
  ])("two thematic breaks are none: %j", (markdown) => {
    const parsed = parseMarkdown(markdown);
    expect([parsed.title, parsed.sections.map(({ text }) => text).join()]).toEqual([
      "Title",
      expect.stringMatching(/^Text[\s\S]*More$/),
    ]);
  });

  test("with an error in it is still refused", () => {
    expect(() => parseMarkdown("---\ntitle: VPN: how\n---\ntext")).toThrow(DocumentError);
  });

  test("a heading of depth 1 that says something else than its title stays", () => {
    const read = (title: string) => parseMarkdown(`---\ntitle: ${title}\n---\n\n# How to set it up\n\nText`);
    expect(read("Short")).toMatchObject({ title: "Short", sections: [{ heading: "How to set it up" }] });
    expect(read("how to set it up")).toMatchObject({ sections: [{ heading: null }] });
  });
});
