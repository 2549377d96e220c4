import { describe, expect, test } from "vitest";
import { parsePdf } from "./parse-pdf.ts";

/** A line at `y` points from the page's bottom (A4: 842 high). */
type Printed = { readonly text: string; readonly y: number; readonly x?: number; readonly size?: number };

/** A PDF of printed lines, written by the letter of the format (ISO 32000-1, 7.5). */
function printPdf(pages: readonly (readonly Printed[])[], title?: string): Uint8Array {
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${5 + 2 * i} 0 R`).join(" ")}] >>`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    `<< ${title === undefined ? "" : `/Title (${title.replace(/[()]/g, "\\$&")})`} >>`,
    ...pages.flatMap((lines, i) => {
      const stream = lines
        .map(({ text, y, x = 72, size = 10 }) => `BT /F1 ${size} Tf ${x} ${y} Td (${text}) Tj ET`)
        .join("\n");
      return [
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${6 + 2 * i} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
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
  return new TextEncoder().encode(
    `${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info 4 0 R >>\nstartxref\n${body.length}\n%%EOF`,
  );
}

/** Lines one below the other, from `y` down; an empty one leaves half a line free. */
function block(y: number, ...texts: readonly string[]): Printed[] {
  let at = y;
  return texts.flatMap((text) => {
    at -= text === "" ? 6 : 12;
    return text === "" ? [] : [{ text, y: at }];
  });
}

const textOf = async (...pages: (readonly Printed[])[]) =>
  (await parsePdf(printPdf(pages))).sections.map(({ text }) => text).join("\n\n");

const badge = [
  "When a visitor badge is lost, the host goes to the security desk on the ground floor and",
  "shows the visit confirmation. The desk blocks the lost badge in the console of the gate and",
  "Gallagher prints a new one.",
];

describe("paragraphs", () => {
  test("lines of a paragraph are joined, and a gap begins another", async () => {
    expect(await textOf(block(700, ...badge, "", "It is valid until six."))).toBe(
      `${badge.join(" ")}\n\nIt is valid until six.`,
    );
  });

  test("paragraphs of one line each are not taken for lines of one", async () => {
    const lines = badge.slice(0, 2).map((line) => `${line.slice(0, -4)}.`);
    expect(await textOf(block(700, ...badge, "", ...lines.flatMap((line) => [line, ""])))).toBe(
      [badge.join(" "), ...lines].join("\n\n"),
    );
  });

  test("steps stay one list, and what follows them is none", async () => {
    const steps = [
      "1. Open the equipment page of the intranet and choose the projector, then the meeting room",
      "in which you will use it.",
      "",
      "2. Fetch it.",
      "",
      "Projectors are cleaned every Friday.",
    ];
    expect(await textOf(block(700, ...steps))).toBe(
      "1. Open the equipment page of the intranet and choose the projector, then the meeting room in which you will use it.\n2. Fetch it.\n\nProjectors are cleaned every Friday.",
    );
  });

  test("a sentence goes on in the next column and on the next page", async () => {
    const column = (x: number, ...lines: readonly string[]) =>
      block(700, ...lines).map((line) => ({ ...line, x }));
    expect(
      await textOf(
        [
          ...column(50, "Turn the lamp of the greenhouse off for an hour, and then"),
          ...column(320, "replace the fuse that stands beside the door, which is"),
        ],
        block(700, "the seventh one. Then turn it on."),
      ),
    ).toBe(
      "Turn the lamp of the greenhouse off for an hour, and then replace the fuse that stands beside the door, which is the seventh one. Then turn it on.",
    );
  });

  test("a word that is divided at a line's end is one word", async () => {
    expect(await textOf(block(700, "Open the configu-", "ration of the router."))).toBe(
      "Open the configuration of the router.",
    );
  });

  test("a heading of larger letters is a block", async () => {
    const heading = { text: "Lost badges", y: 714, size: 14 };
    expect(await textOf([heading, ...block(710, ...badge)])).toBe(`Lost badges\n\n${badge.join(" ")}`);
  });

  test("rows of a table are lines with their cells apart", async () => {
    const rows = [
      ["Code", "Meaning"],
      ["E1", "Out of paper"],
      ["E2", "Toner is low"],
    ].flatMap(([code = "", meaning = ""], row) => [
      { text: code, y: 600 - 18 * row, x: 100 },
      { text: meaning, y: 600 - 18 * row, x: 160 },
    ]);
    expect(await textOf([...block(700, ...badge), ...rows])).toBe(
      `${badge.join(" ")}\n\nCode | Meaning\nE1 | Out of paper\nE2 | Toner is low`,
    );
  });

  test("the mark of an item and its text are no cells", async () => {
    const items = ["Lamp", "Fuse"].flatMap((text, row) => [
      { text: `${row + 1}.`, y: 600 - 12 * row, x: 72 },
      { text, y: 600 - 12 * row, x: 100 },
    ]);
    expect(await textOf(items)).toBe("1. Lamp\n2. Fuse");
  });
});

describe("headers and footers", () => {
  const frame = (page: number): Printed[] => [
    { text: "ACME IT - Confidential", y: 820, size: 8 },
    { text: `Edition 4, sheet ${page} of 3`, y: 20, size: 8 },
  ];

  test("what stands at the edge of most pages is left out, whatever its number", async () => {
    const pages = ["Lamp.", "Fuse.", "Door."].map((text, i) => [...frame(i + 1), { text, y: 700 }]);
    expect(await textOf(...pages)).toBe("Lamp.\n\nFuse.\n\nDoor.");
  });

  test("what stands elsewhere, or in larger letters, is kept", async () => {
    const pages = [1, 2].map((i) => [
      { text: `Chapter ${i}`, y: 780, size: 16 },
      { text: "Switch it off and wait for the lamp.", y: 400 },
    ]);
    expect(await textOf(...pages)).toBe(
      "Chapter 1\n\nSwitch it off and wait for the lamp.\n\nChapter 2\n\nSwitch it off and wait for the lamp.",
    );
  });

  test.each(["7", "- 7 -", "Page 7 of 9", "iv"])(
    "the page number %s is left out of a single page",
    async (number) => {
      expect(await textOf([...block(700, "Lamp."), { text: number, y: 30 }])).toBe("Lamp.");
    },
  );

  test("numbers within a page are kept", async () => {
    expect(await textOf(block(700, "Lamp.", "", "", "", "7"))).toBe("Lamp.\n\n7");
  });
});

describe("the title", () => {
  const page = (...lines: Printed[]) => [...lines, ...block(700, ...badge)];
  const header = { text: "ACME IT - Confidential", y: 820, size: 8 };
  const large = { text: "Lost visitor badges", y: 740, size: 18 };
  const titleOf = async (pages: (readonly Printed[])[], said?: string) =>
    (await parsePdf(printPdf(pages, said))).title;

  test("is what the file says", async () => {
    expect(await titleOf([page(large)], "Replace a badge")).toBe("Replace a badge");
  });

  test.each([
    "untitled",
    "(anonymous)",
    "Microsoft Word - Document1",
    "PowerPoint Presentation",
    "guide_v2.docx",
    "index.html",
    "",
  ])("is the largest line where the file says %j", async (said) => {
    expect(await titleOf([page(header, large), page(header)], said)).toBe("Lost visitor badges");
  });

  test("may take two lines", async () => {
    expect(await titleOf([page({ text: "Replace", y: 760, size: 18 }, large)])).toBe(
      "Replace Lost visitor badges",
    );
  });

  test("is a first line that stands alone, and no line of a paragraph", async () => {
    expect(await titleOf([page({ text: "Lost badges", y: 730 })])).toBe("Lost badges");
    expect(await titleOf([page()])).toBeNull();
  });
});
