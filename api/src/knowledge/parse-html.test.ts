import { describe, expect, test } from "vitest";
import { DocumentError } from "./document-error.ts";
import { parseHtml } from "./parse-html.ts";

const page = (body: string, head = "") => `<html><head>${head}</head><body>${body}</body></html>`;
const sections = (body: string) => parseHtml(page(body)).sections;
const text = (body: string) =>
  sections(body)
    .map((section) => section.text)
    .join("\n\n");

describe("tables", () => {
  test("a table around headings places them, and each keeps its own text", () => {
    expect(
      sections(
        "<table><tr><td><p>About the pump.</p><h2>Silent</h2><p>Plug it in again.</p><h2>Loud</h2><ol><li>Open it</li><li>Clean it</li></ol></td></tr></table>",
      ),
    ).toEqual([
      { heading: null, text: "About the pump." },
      { heading: "Silent", text: "Plug it in again." },
      { heading: "Loud", text: "1. Open it\n2. Clean it" },
    ]);
  });

  test("a table around a table places it, and no text of either is lost", () => {
    expect(
      text(
        "<table><tr><td>Call 1234.</td><td>Codes: <table><tr><td>E1</td><td>Paper</td></tr></table> Then restart.</td></tr></table>",
      ),
    ).toBe("Call 1234.\n\nCodes:\n\nE1 | Paper\n\nThen restart.");
  });

  test.each([
    ["says so", '<table role="presentation"><tr><td>One.</td><td>Two.</td></tr></table>', "One.\n\nTwo."],
    [
      "has one cell a row",
      "<table><tr><th>Note</th></tr><tr><td>Save first.</td></tr></table>",
      "Note\n\nSave first.",
    ],
  ])("a table that %s is read as blocks", (_, table, expected) => {
    expect(text(table)).toBe(expected);
  });

  test("a heading in a column's name leaves the table a table", () => {
    expect(
      text(
        "<table><tr><th><h3>Code</h3></th><th>Sense</th></tr><tr><td>809</td><td>blocked</td></tr></table>",
      ),
    ).toBe("Code: 809 | Sense: blocked");
  });

  test("blocks of a cell stay apart in its line", () => {
    expect(
      text(
        "<table><tr><th>Problem</th><th>What to do</th></tr><tr><td><p>Expired</p><p>or lost.</p><p>Seen often</p></td><td><ul><li>Restart</li><li>Wait</li></ul></td></tr></table>",
      ),
    ).toBe("Problem: Expired; or lost. Seen often | What to do: Restart; Wait");
  });

  test("steps in a cell keep their lines and numbers, below the other cells of their row", () => {
    expect(
      text(
        "<table><tr><th>Problem</th><th>What to do</th><th>Who</th></tr>" +
          "<tr><td>Expired</td><td>As follows<ol><li>Open</li><li>Renew</li></ol><p>Then wait.</p></td><td>You</td></tr>" +
          "<tr><td>Lost</td><td>Call us</td><td>Desk</td></tr></table>",
      ),
    ).toBe(
      "Problem: Expired | Who: You | What to do: As follows\n1. Open\n2. Renew\n\nThen wait.\n\nProblem: Lost | What to do: Call us | Who: Desk",
    );
  });

  test("a cell that spans rows stands in each, and columns keep their names beside it", () => {
    expect(
      text(
        "<table><tr><th>Lamp</th><th>Fault</th><th colspan=2>Fuse</th></tr>" +
          "<tr><td rowspan=2>Greenhouse</td><td>Dark</td><td>F7</td><td>F8</td></tr><tr><td>Dim</td><td>F9</td></tr>" +
          "<tr><td colspan=2>All others</td><td>F1</td></tr><tr><td colspan=4>Seen in 2026</td></tr></table>",
      ),
    ).toBe(
      "Lamp: Greenhouse | Fault: Dark | Fuse: F7 | Fuse: F8\nLamp: Greenhouse | Fault: Dim | Fuse: F9\nLamp: All others | Fuse: F1\nSeen in 2026",
    );
  });

  test("a row of column names without rows below it is read", () => {
    expect(text("<table><tr><th>Mon</th><th>Tue</th></tr></table>")).toBe("Mon | Tue");
  });
});

describe("line breaks", () => {
  test("steps apart by br are lines, and two br end the block", () => {
    expect(text("<p>To reset:<br>1. Open<br> 2. Press\n  the key<br>&nbsp;<br/>Else call.</p>")).toBe(
      "To reset:\n1. Open\n2. Press the key\n\nElse call.",
    );
  });

  test("in a heading it is a blank, in an item the item goes on", () => {
    expect(sections("<h2>Reset<br>it</h2><ul><li>Open<br>or<br><br>close</li></ul>")).toEqual([
      { heading: "Reset it", text: "- Open\nor\nclose" },
    ]);
  });
});

describe("what of a page is its article", () => {
  const filler = "<p>Turn the lamp off for an hour, then replace its fuse.</p>";

  test("a page within a form is read, without its controls", () => {
    expect(
      text(
        `<form><label>Search</label><input value="x"><select><option>All</option></select>${filler}</form>`,
      ),
    ).toBe("Turn the lamp off for an hour, then replace its fuse.");
  });

  test("several articles beside the text do not win over it, and a single one does", () => {
    const card = "<article><a href='#'>Other</a></article>";
    expect(text(`${filler}${card}${card}`)).toMatch(/^Turn the lamp/);
    expect(text(`<p>Home</p><article>${filler}</article>`)).toMatch(/^Turn the lamp/);
  });

  test("main or role=main is the article, unless it holds little of the page's text", () => {
    expect(text(`<p>Home</p><div role="main">${filler}</div>`)).toMatch(/^Turn the lamp/);
    expect(text(`<main>Loading</main>${filler}`)).toBe(
      "Loading\n\nTurn the lamp off for an hour, then replace its fuse.",
    );
  });

  test.each([
    ["a comment", "<!-- <main > -->"],
    ["a script", "<script>var t = \"<main class='x'>\";</script>"],
  ])("main in %s is none", (_, markup) => {
    expect(text(`${markup}${filler}`)).toMatch(/^Turn the lamp/);
  });

  test("the header of an article is kept, that of the page is not", () => {
    const parsed = parseHtml(
      page(
        `<header><h1>Wiki</h1></header><main><article><header><h1>Lamp</h1></header>${filler}</article></main>`,
      ),
    );
    expect(parsed.title).toBe("Lamp");
  });

  test("the words of buttons are kept", () => {
    expect(
      sections(
        "<h3><button aria-expanded=false>How do I save?</button></h3><p>Press the <button>Save</button> button.</p>",
      ),
    ).toEqual([{ heading: "How do I save?", text: "Press the Save button." }]);
  });

  test.each([
    ["role=navigation", '<div role="navigation">Menu</div>'],
    ["role=banner", '<div role="banner">Menu</div>'],
    ["role=contentinfo", '<div role="contentinfo">Menu</div>'],
    ["role=search", '<div role="search">Menu</div>'],
    ["display: none", '<div style="color:red; display : none">Menu</div>'],
    ["the way to the page, by name", '<ol id="breadcrumbs"><li>IT</li><li>Lamps</li></ol>'],
    [
      "the way to the page, as links before all else",
      '<ol><li><a href="/">IT</a></li> / <li><a href="/l">Lamps</a></li></ol>',
    ],
  ])("%s is left out", (_, markup) => {
    expect(text(`${markup}${filler}`)).toBe("Turn the lamp off for an hour, then replace its fuse.");
  });

  test("links after other text, or as all there is, are kept", () => {
    const links = '<ul><li><a href="/a">Lamp</a></li><li><a href="/b">Fuse</a></li></ul>';
    expect(text(`<p>See:</p>${links}`)).toBe("See:\n\n- Lamp\n- Fuse");
    expect(text(links)).toBe("- Lamp\n- Fuse");
  });

  test("the title of a picture is not the page's", () => {
    expect(parseHtml(page(`<svg><title>Icon</title></svg>${filler}`)).title).toBeNull();
  });

  test("a list that holds headings places them; steps that begin with a heading stay steps", () => {
    expect(sections("<ul><li><h2>Lamp</h2><p>Off.</p></li><li><h2>Fuse</h2><p>New.</p></li></ul>")).toEqual([
      { heading: "Lamp", text: "Off." },
      { heading: "Fuse", text: "New." },
    ]);
    expect(text("<ol><li><h3>Lamp</h3><p>Off.</p></li><li><h3>Fuse</h3></li></ol>")).toBe(
      "1. Lamp\nOff.\n2. Fuse",
    );
  });
});

describe("links and code", () => {
  test("a link is followed by its address, unless that leads nowhere from an answer", () => {
    expect(
      text(
        '<p>Open <a href="https://pay.example.com/slip"><b>the</b> portal</a>, <a href="#top">up</a>, <a href="a.html">here</a>.</p>',
      ),
    ).toBe("Open the portal (https://pay.example.com/slip), up, here.");
  });

  test("in headings, and around pictures and blocks, the address is left out", () => {
    expect(
      sections(
        '<h2><a href="https://x.example/h">Lamp</a></h2><a href="https://x.example/p"><img src="p.png"></a><a href="https://x.example/d"><div>Off</div></a>',
      ),
    ).toEqual([{ heading: "Lamp", text: "Off" }]);
  });

  test("code is marked line by line, and its empty lines do not end it", () => {
    expect(text("<pre><code>\n# now\n  <b>ipconfig</b> /all\n\n1. no step\n</code></pre>")).toBe(
      "│ # now\n│   ipconfig /all\n│ 1. no step",
    );
  });

  test("code belongs to its step; a step or a cell that is a command alone is no block of code", () => {
    expect(text("<ol><li>Run<pre>ipconfig /all</pre></li><li><pre>exit</pre></li></ol>")).toBe(
      "1. Run\n│ ipconfig /all\n2. exit",
    );
    expect(text("<table><tr><td>Leave</td><td><pre>exit</pre></td></tr></table>")).toBe("Leave | exit");
  });

  test("lines of code in a cell stay lines", () => {
    expect(text("<table><tr><td>Leave</td><td><pre>cd /\nexit</pre></td></tr></table>")).toBe(
      "Leave\n│ cd /\n│ exit",
    );
  });
});

describe("hostile markup", () => {
  test.each(["<table><tr><td>", "<ul><li>", "<h1>", "<h1><div>", "<a href=https://x.example>", "<pre><div>"])(
    "%s nested hundreds of times is read, its text once",
    (tags) => {
      const body = `${tags.repeat(Math.floor(900 / (tags.split("<").length - 1)))}${"word <b> b</b> ".repeat(20_000)}`;
      expect(text(body).match(/word/g)?.length ?? parseHtml(page(body)).title?.match(/word/g)?.length).toBe(
        20_000,
      );
    },
  );

  test("too many elements are refused", () => {
    expect(() => parseHtml("<p>a".repeat(300_000))).toThrow(DocumentError);
  });
});
