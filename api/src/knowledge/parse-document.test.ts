import { describe, expect, test } from "vitest";
import { DocumentError } from "./document-error.ts";
import { documentLimits } from "./document-limits.ts";
import { parseDocument } from "./parse-document.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A PDF of one page a text, written by the letter of the format (ISO 32000-1, 7.5), with an optional trailer entry. */
function makePdf(pages: readonly string[], trailer = ""): Uint8Array {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${4 + 2 * i} 0 R`).join(" ")}] >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ...pages.flatMap((text, i) => {
      const stream = text ? `BT /F1 12 Tf 72 720 Td (${text}) Tj ET` : "";
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + 2 * i} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
        `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
      ];
    }),
  ];
  let body = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const offset = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  return bytes(
    `${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${body.length}\n%%EOF`,
  );
}

async function refusal(input: Uint8Array, mediaType: string): Promise<DocumentError> {
  const error = await parseDocument(input, mediaType).catch((caught) => caught);
  expect(error).toBeInstanceOf(DocumentError);
  return error;
}

describe("Markdown", () => {
  test("front matter describes the document, and what it does not know is let be", async () => {
    const parsed = await parseDocument(
      bytes(
        "---\nid: kb-7\ntitle: Reset a password\nlanguage: en\nqueue: Security / Access\nurl: https://kb.example.com/7\nkeywords: [pwd, 404]\nauthor: { name: x }\n---\n\n# Forgotten?\n\nText.\n",
      ),
      "text/markdown; charset=utf-8",
    );
    expect(parsed).toEqual({
      id: "kb-7",
      title: "Reset a password",
      language: "en",
      queue: "Security / Access",
      url: "https://kb.example.com/7",
      keywords: ["pwd", "404"],
      sections: [{ heading: "Forgotten?", text: "Text." }],
    });
  });

  test("headings make sections with their path; lists keep their numbers; tables name their columns", async () => {
    const parsed = await parseDocument(
      bytes(
        "# Title\n\nIntro with `code` and a [link](https://x).\n\n## Steps\n\n3. Open *Settings*\n4. Press **OK**\n   - then wait\n\n### More\n\n| Key | Does |\n|---|---|\n| F5 | reload |\n\n<script>alert(1)</script>\n",
      ),
      "text/markdown",
    );
    expect(parsed.title).toBe("Title");
    expect(parsed.sections).toEqual([
      { heading: null, text: "Intro with code and a link (https://x)." },
      { heading: "Steps", text: "3. Open Settings\n4. Press OK\n◦ then wait" },
      { heading: "Steps > More", text: "Key: F5 | Does: reload" },
    ]);
  });

  test("front matter that is no YAML is unreadable, and says where", async () => {
    const error = await refusal(bytes("---\nid: [a\n---\ntext"), "text/markdown");
    expect([error.code, error.message]).toEqual([
      "unreadable_document",
      expect.stringContaining("front matter"),
    ]);
  });

  test("nesting without end is refused, and soon", async () => {
    const steps = Array.from({ length: 1_500 }, (_, depth) => `${"  ".repeat(depth)}- step ${depth}`).join(
      "\n",
    );
    for (const text of [`${"> ".repeat(20_000)}deep`, `${"- ".repeat(5_000)}deep`, steps]) {
      expect((await refusal(bytes(text), "text/markdown")).code).toBe("document_too_large");
    }
  });
});

test("a huge paragraph of Markdown is taken as it stands, and what surrounds it is read", async () => {
  const hostile = "[a](b".repeat(5_000);
  const parsed = await parseDocument(bytes(`# T\n\nA *b*.\n\n${hostile}\n\n## H\n\n- c\n`), "text/markdown");
  expect(parsed.sections).toEqual([
    { heading: null, text: `A b.\n\n${hostile}` },
    { heading: "H", text: "- c" },
  ]);
});

describe("HTML", () => {
  test("the main content is read, and navigation, scripts and hidden parts are not", async () => {
    const parsed = await parseDocument(
      bytes(`<!doctype html><html lang="fr-FR"><head><title>Portail</title><script>var a="<p>x</p>"</script>
        <link rel="canonical" href="https://kb.example.com/vpn"></head><body><nav>Menu <a>un</a></nav>
        <main><h1>Le VPN</h1><p>Avant   de <b>commencer</b>.<br>Puis.</p><div hidden>secret</div>
        <h2>Étapes</h2><ol start="2"><li>Ouvrez</li><li><p>Cliquez</p><ul><li>ici</li></ul></li></ol>
        <table><tr><th>Code</th><th>Sens</th></tr><tr><td>809</td><td>bloqué</td></tr></table></main><footer>Pied</footer></body></html>`),
      "text/html",
    );
    expect(parsed).toEqual({
      id: null,
      title: "Le VPN",
      language: "fr",
      queue: null,
      url: "https://kb.example.com/vpn",
      keywords: [],
      sections: [
        { heading: null, text: "Avant de commencer.\nPuis." },
        {
          heading: "Étapes",
          text: "2. Ouvrez\n3. Cliquez\n◦ ici\n\nCode: 809 | Sens: bloqué",
        },
      ],
    });
  });

  test("without main the body is read, broken tags or not", async () => {
    const parsed = await parseDocument(bytes("<title>T</title><p>one<p>two <i>three</p></div>"), "text/html");
    expect([parsed.title, parsed.sections]).toEqual(["T", [{ heading: null, text: "one\n\ntwo three" }]]);
  });

  test("five hundred nested elements are read, a hundred thousand are refused", async () => {
    const nested = (count: number) => bytes(`${"<div>".repeat(count)}deep`);
    const parsed = await parseDocument(nested(500), "text/html");
    expect(parsed.sections).toEqual([{ heading: null, text: "deep" }]);
    expect((await refusal(nested(100_000), "text/html")).code).toBe("document_too_large");
  });
});

describe("plain text", () => {
  test("a first line that stands alone is the title", async () => {
    const parsed = await parseDocument(bytes("Printer offline\r\n\r\nSwitch it on.\r\n"), "text/plain");
    expect([parsed.title, parsed.sections]).toEqual([
      "Printer offline",
      [{ heading: null, text: "Switch it on." }],
    ]);
  });

  test("a declared charset and a byte-order mark are heeded", async () => {
    const latin = Uint8Array.from([0xe9, 0x74, 0xe9]);
    expect((await parseDocument(latin, "text/plain; charset=iso-8859-1")).sections[0]?.text).toBe("été");
    const utf16 = Uint8Array.from([0xff, 0xfe, 0xe9, 0x00, 0x74, 0x00]);
    expect((await parseDocument(utf16, "text/plain")).sections[0]?.text).toBe("ét");
  });

  test("bytes that are no UTF-8 are unreadable rather than stored as garbage", async () => {
    expect((await refusal(Uint8Array.from([0x61, 0xff, 0x62]), "text/plain")).code).toBe(
      "unreadable_document",
    );
    expect((await refusal(bytes("x"), "text/plain; charset=klingon")).code).toBe("unreadable_document");
  });
});

describe("PDF", () => {
  test("text of all pages, in order", async () => {
    const parsed = await parseDocument(makePdf(["Reset the router", "Then wait"]), "application/pdf");
    expect(parsed.title).toBe("Reset the router");
    expect(parsed.sections.map(({ text }) => text).join("\n")).toMatch(/Reset the router[\s\S]*Then wait/);
  });

  test.each([
    ["no PDF at all", bytes("hello"), "unreadable_document", /does not start/],
    ["a PDF that was cut off", bytes("%PDF-1.7\n1 0 obj\n<<"), "unreadable_document", /damaged/],
    [
      "a PDF behind a password",
      makePdf(
        ["x"],
        `/ID [<00> <00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <${"ab".repeat(32)}> /U <${"cd".repeat(32)}> >>`,
      ),
      "unreadable_document",
      /password/,
    ],
    ["a PDF without text", makePdf([""]), "empty_document", /OCR/],
  ])("%s is refused by name", async (_, pdf, code, message) => {
    const error = await refusal(pdf, "application/pdf");
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});

test.each([
  ["nothing", bytes(" \n\t"), "text/plain", "empty_document"],
  ["only marks", bytes("--- *** ..."), "text/html", "empty_document"],
  ["a picture", bytes("x"), "image/png", "unsupported_media_type"],
  ["no media type", bytes("x"), "", "unsupported_media_type"],
  ["too many bytes", new Uint8Array(documentLimits.bytes + 1), "text/plain", "document_too_large"],
  ["too much text", bytes("word ".repeat(300_000)), "text/plain", "document_too_large"],
  ["too much Markdown", bytes("word ".repeat(100_000)), "text/markdown", "document_too_large"],
])("%s is refused with a code of its own", async (_, input, mediaType, code) => {
  expect((await refusal(input, mediaType)).code).toBe(code);
});
