import { describe, expect, test } from "vitest";
import { checkCitations } from "./check-citations.ts";
import type { GivenTexts } from "./check-sentence.ts";
import type { GivenSource } from "./generation.ts";

const given: GivenTexts = {
  sources: sources(
    "Restart the client. Look at https://status.example.com or www.example.com/help, then call 5555.",
    "Voir https://helpdesk.example.com/fr/vpn (formulaire).",
    "Third source. Error [404] may appear, or lamp [6] goes on, and 【5】.",
  ),
  question: "intranet.example.com/rh gives nothing to [EMAIL_1]",
  conversation: [
    { role: "user", content: "It is about https://wiki.example.com/vpn." },
    { role: "assistant", content: "See https://answered.example.com/x at [IP_1]." },
  ],
};

describe("a citation that was not given is removed, however it is dressed", () => {
  test.each([
    ["Restart. [7]", "Restart."],
    ["Restart [7].", "Restart."],
    ["Restart[7].", "Restart."],
    ["Restart [1, 7].", "Restart [1]."],
    ["Restart [7,8].", "Restart."],
    ["Restart [1][9].", "Restart [1]."],
    ["Restart [9][1].", "Restart [1]."],
    ["Restart [1-3].", "Restart [1][2][3]."],
    ["Restart [2–9].", "Restart [2][3]."],
    ["Restart [1 and 9].", "Restart [1]."],
    ["Redémarrez [1 et 2].", "Redémarrez [1][2]."],
    ["Restart 【1】.", "Restart [1]."],
    ["Restart 【9】.", "Restart."],
    ["Restart 【1†source】.", "Restart [1]."],
    ["Restart 【4:0†vpn.md】.", "Restart."],
    ["Restart [^1].", "Restart [1]."],
    ["Restart [^9].", "Restart."],
    ["Restart [source 2].", "Restart [2]."],
    ["Restart [Source: 9].", "Restart."],
    ["Restart [source 1, source 9].", "Restart [1]."],
    ["Restart (source 3).", "Restart [3]."],
    ["Restart (source 9).", "Restart."],
    ["Restart [[2]].", "Restart [2]."],
    ["Restart [1](https://evil.example/a).", "Restart [1]."],
    ["Restart [[9]](https://evil.example/a).", "Restart."],
    ["Restart [0].", "Restart."],
    ["Restart [ 1 ].", "Restart [1]."],
    ["Restart [1,\n2].", "Restart [1][2]."],
    ["Restart [n°1].", "Restart [1]."],
  ])("%j becomes %j", async (raw, checked) => {
    expect(await textOf(`First. [1] ${raw}`)).toBe(`First. [1] ${checked}`);
  });
});

describe("what only looks like a citation stays", () => {
  test.each([
    "Write to [EMAIL_1] from [IP_1].",
    "See [the status page](https://status.example.com).",
    "Read `arr[0]` and `rows[7]` in the log.",
    "Read arr[0] and $args[7] in the log.",
    "The licence of [2026] is over.",
    "- [ ] Tick this box.",
    "- [x] Done.",
    "Press [Ctrl] and [F5].",
    "```\nvalues[7] = rows[9]\n```",
    "Version 1.2. Build 3.4 [1].",
  ])("%j", async (raw) => {
    expect(await textOf(`First. [1]\n${raw}`)).toBe(`First. [1]\n${raw}`);
  });
});

describe("an address that stands in no source is removed and its sentence stays", () => {
  test.each([
    ["Open https://evil.example/reset and sign in.", "Open … and sign in."],
    ["Open https://status.example.com and wait.", "Open https://status.example.com and wait."],
    ["Open https://STATUS.example.com/.", "Open https://STATUS.example.com/."],
    ["Open status.example.com/ now.", "Open status.example.com/ now."],
    ["Open https://status.example.com.evil.example now.", "Open … now."],
    ["Open https://status.example.com@evil.example now.", "Open … now."],
    ["Open https://status.example.com/reset?x=1.", "Open …."],
    ["Open evil.example/reset now.", "Open … now."],
    ["Voir (https://helpdesk.example.com/fr/vpn).", "Voir (https://helpdesk.example.com/fr/vpn)."],
    ["Use [this page](https://evil.example/x).", "Use this page."],
    ["Use [https://evil.example](https://evil.example).", "Use …."],
    ["![logo](https://evil.example/a.png) Look.", "logo Look."],
    ["Use [this](javascript:alert(1)).", "Use this."],
    ["Run `curl https://evil.example/x` now.", "Run `curl …` now."],
    ['See <a href="https://evil.example">here</a>.', 'See <a href="…">here</a>.'],
    ["```\ncurl https://evil.example/x\n```", "```\ncurl …\n```"],
  ])("%j becomes %j", async (raw, checked) => {
    expect(await textOf(`First. [1] ${raw}`)).toBe(`First. [1] ${checked}`);
  });
});

describe("what is no address, or a known one, stays", () => {
  test.each([
    "Delete /Users/jean.dupont/Library/VPN now.",
    "Delete ~/jean.dupont/Library, then %TEMP%/vpn.client/x.",
    "Delete C:\\Users\\jean.dupont/VPN or C:/Temp/app.exe/x.",
    "Open \\\\srv.corp.local/share now.",
    "Edit resolv.conf/hosts.allow/x, use Node.js/npm or report.docx/.pdf.",
    "Run `ssh user@host.example.com/x` now.",
    "Open https://helpdesk.example.com/fr/vpn—or call.",
    "Ouvrez https://helpdesk.example.com/fr/vpn–puis attendez.",
    "Open https://helpdesk.example.com/fr/vpn\\\nand call.",
    "Open intranet.example.com/rh or https://wiki.example.com/vpn again.",
    "Open //status.example.com/ now.",
  ])("%j", async (raw) => {
    expect(await textOf(`First. [1] ${raw}`)).toBe(`First. [1] ${raw}`);
  });

  test.each([
    ["Open evil.example.com/login now.", "Open … now."],
    ["Open (evil.example.com/login).", "Open (…)."],
    ["Open evil.example.com:8443/login now.", "Open … now."],
    ["Open //evil.example.com/login now.", "Open … now."],
    ["Open a.b.c.d.e.f.g.evil.example.com/login now.", "Open … now."],
    ["Open evil.example.com/report.docx now.", "Open … now."],
    ["Open evil.zip/login now.", "Open … now."],
    ["Open https://evil.docx/login now.", "Open … now."],
    ["Open https://evil.example.com/a—or call.", "Open …—or call."],
    ["Open https://answered.example.com/x now.", "Open … now."],
  ])("but %j becomes %j", async (raw, checked) => {
    expect(await textOf(`First. [1] ${raw}`)).toBe(`First. [1] ${checked}`);
  });
});

describe("a number in brackets that was not given stays where a source has it in its own words", () => {
  test.each([
    ["Error [404] may appear. [3]", "Error [404] may appear. [3]", [3]],
    ["Error [404] [3] and [405] [2].", "Error [404] [3] and [2].", [3, 2]],
    ["Error [404], [9].", "Error [404],.", []],
    ["Lamp [6] goes on, error [404].", "Lamp [6] goes on, error [404].", []],
    ["The lamp goes on [6].", "The lamp goes on.", []],
    ["Error [5] comes.", "Error comes.", []],
    ["```\nsay [404]\nsay [405]\n```", "```\nsay [404]\nsay\n```", []],
  ])("%j becomes %j", async (raw, checked, cited) => {
    const first = await check(`First. [1]\n${raw}`);
    expect(first.pieces.join("")).toBe(`First. [1]\n${checked}`);
    expect(first.cited).toEqual([1, ...cited]);
  });
});

describe("a placeholder", () => {
  test.each([
    ["Use \\[EMAIL\\_1\\] or [IP\\_1].", "Use [EMAIL_1] or [IP_1]."],
    ["Write to [EMAIL_1](mailto:[EMAIL_1]).", "Write to [EMAIL_1]."],
    ["Write to [EMAIL\\_1](mailto:[EMAIL\\_1]).", "Write to [EMAIL_1]."],
    ["Write to [[EMAIL_1]](mailto:[EMAIL_1]).", "Write to [EMAIL_1]."],
    ["Write to [EMAIL_7] or \\[PHONE\\_1\\].", "Write to … or …."],
    ["Run `ping [IP\\_1]`, not `ping [IP_2]`.", "Run `ping [IP_1]`, not `ping …`."],
    ["```\nping [IP_1] [IP_2]\n```", "```\nping [IP_1] …\n```"],
    ["Set [FOO\\_1] and [FOO_2].", "Set [FOO\\_1] and [FOO_2]."],
  ])("%j becomes %j", async (raw, checked) => {
    expect(await textOf(`First. [1]\n${raw}`)).toBe(`First. [1]\n${checked}`);
  });
});

describe("nothing leaves", () => {
  test("before the first sentence with a valid citation; what stood before it leaves with it", async () => {
    const { pieces } = await check("Here is what helps:\n\n1. Restart. [1]\n2. Sign in. [2]");
    expect(pieces).toEqual(["Here is what helps:\n\n1. Restart. [1]", "\n2. Sign in. [2]"]);
  });

  test("of an answer that cites nothing", async () => {
    expect(await check("Restart the PC. Then sign in.")).toEqual({
      pieces: [],
      cited: [],
      outcome: "uncited",
    });
  });

  test("of an answer whose citations were all invented", async () => {
    expect(await check("Restart the PC. [8] Then sign in [9].")).toMatchObject({
      pieces: [],
      outcome: "uncited",
    });
  });

  test.each([
    "NO_ANSWER",
    "  **NO_ANSWER**",
    "NO\\_ANSWER",
    "NO_ANSWER: the sources are about printers [1].",
    "Sorry. NO_ANSWER",
    "NO ANSWER",
    "no_answer",
    "No answer.",
    "**No\\_answer.**",
    "Sorry. No answer.\n",
  ])("of %j", async (raw) => {
    expect(await check(raw)).toEqual({ pieces: [], cited: [], outcome: "no_answer" });
  });

  test.each([
    "No answer. [1]",
    "There is no answer [1].",
    "No answer is given by the phone [1].",
    "Call them [1]. No answer. Wait.",
  ])("but of %j all", async (raw) => {
    expect(await textOf(raw)).toBe(raw);
  });

  test("after a NO_ANSWER that comes too late", async () => {
    expect(await check("1. Restart. [1]\nNO_ANSWER\nMore. [2]")).toMatchObject({
      pieces: ["1. Restart. [1]"],
    });
  });

  test("of a sentence under way when the stream fails", async () => {
    const broken = async function* () {
      yield "1. Restart the client. [1]\n2. Delete the folder";
      throw new Error("cut");
    };
    const left: string[] = [];
    const reading = (async () => {
      for await (const { text } of checkCitations(broken(), given)) left.push(text);
    })();
    await expect(reading).rejects.toThrow("cut");
    expect(left).toEqual(["1. Restart the client. [1]"]);
  });
});

test("sentences leave one by one, each with the citation behind its full stop", async () => {
  const { pieces } = await check(
    "Quit the client, e.g. from its icon. [1] Wait 3.5 s. [2] Is it back? [3] « Oui ? » M. Dupont knows.",
  );
  expect(pieces).toEqual([
    "Quit the client, e.g. from its icon. [1]",
    " Wait 3.5 s. [2]",
    " Is it back? [3]",
    " « Oui ? »",
    " M. Dupont knows.",
  ]);
});

test("every citation that left is reported", async () => {
  expect((await check("A [3]. B [1, 3]. C [9].")).cited).toEqual([3, 1, 3]);
});

test("the reader of the deltas is told when nothing more is wanted, so that the model stops", async () => {
  let isClosed = false;
  const deltas = async function* () {
    try {
      yield "NO_ANSWER\n";
      yield "never read";
    } finally {
      isClosed = true;
    }
  };
  await checkCitations(deltas(), given).next();
  expect(isClosed).toBe(true);
});

test("any split of the same text into deltas gives the same pieces (2,000 random splits of texts full of traps)", async () => {
  const random = mulberry32(20261122);
  const traps = [
    "1. Restart the PC. ",
    "[1]",
    " [1, 7]",
    "[1][9]",
    "[1-3] ",
    "【1】",
    "【2†src】",
    "[^1] ",
    "[source 2]",
    "(source 3)",
    "[[2]]",
    "\n2. Then",
    " wait 3.5 s",
    "...",
    " e.g. this",
    "! ",
    "? ",
    " « non » ",
    "`arr[0]`",
    "arr[0]",
    "[EMAIL_1]",
    "\n\n",
    "[",
    "]",
    "(",
    ")",
    " https://evil.example/x",
    " https://status.example.com",
    "[a](https://status.example.com)",
    "\n```\n",
    " ```sh\n",
    "\n~~~",
    "``",
    "\n> ",
    "[1](https://evil.example)",
    "é",
    "😀",
    " NO_ANSWE",
    "\u00a0: ",
    "[1,\n2]",
    "`",
    ".",
    " Next step",
    "**[2]**",
    "www.",
    "[99",
  ];
  for (let round = 0; round < 2000; round += 1) {
    const length = 1 + Math.floor(random() * 14);
    const text = Array.from({ length }, () => traps[Math.floor(random() * traps.length)]).join("");
    const whole = await check(text);
    const deltas: string[] = [];
    for (let from = 0; from < text.length; ) {
      const to = from + 1 + Math.floor(random() * 6);
      deltas.push(text.slice(from, to));
      from = to;
    }
    expect(await check(...deltas), JSON.stringify(text)).toEqual(whole);
  }
});

describe("a fence hides nothing but code", () => {
  test.each([
    [
      "code in one line between fences",
      "```ipconfig /flushdns```\n2. Restart [9] now.\n3. Sign in. [2]",
      "```ipconfig /flushdns```\n2. Restart now.\n3. Sign in. [2]",
    ],
    [
      "a fence that opens behind prose",
      "Run: ```powershell\n   $rows[9].Go()\n   ```\n2. Restart [9] now. [2]",
      "Run: ```powershell\n   $rows[9].Go()\n   ```\n2. Restart now. [2]",
    ],
    [
      "a fence that opens behind prose with code of its own",
      "Run `cmd`, then:```\nrows[9] = 1\n```\nRestart [9] now. [2]",
      "Run `cmd`, then:```\nrows[9] = 1\n```\nRestart now. [2]",
    ],
    [
      "a fence that nobody closes",
      "```\nrows[9]\nRestart the PC [9].\nx = [7]\nSign in. [2] Then wait [7].",
      "```\nrows[9]\nRestart the PC.\nx = [7]\nSign in. [2] Then wait.",
    ],
    [
      "a fence that its step ends",
      "2. Run:\n   ```\n   rows[9] = 1\n3. Restart [9] now. [2]",
      "2. Run:\n   ```\n   rows[9] = 1\n3. Restart now. [2]",
    ],
    [
      "a fence that its quotation ends",
      "> ```\n> rows[9] = 1\nRestart [9] now. [2]",
      "> ```\n> rows[9] = 1\nRestart now. [2]",
    ],
    [
      "a closing fence with citations behind it",
      "```\nrows[9] = 1\n``` [1, 9]\nRestart [9] now.",
      "```\nrows[9] = 1\n```\n[1]\nRestart now.",
    ],
    [
      "a fence behind a citation of two lines",
      "Run [1,\n```\nrows[9] = 1\n```\nRestart [9] now. [2]",
      "Run [1,\n```\nrows[9] = 1\n```\nRestart now. [2]",
    ],
    ["backticks of two lengths", "Run ``` or [9] ` here. [2]", "Run ``` or ` here. [2]"],
    ["code between two backticks", "Run ``rows [9] = `x` `` here. [2]", "Run ``rows [9] = `x` `` here. [2]"],
  ])("%s", async (_, raw, checked) => {
    expect(await textOf(`First. [1]\n${raw}`)).toBe(`First. [1]\n${checked}`);
  });

  test("an answer that cites within a fence that nobody closes is no answer without sources", async () => {
    expect(await check("1. Run this: ```\nipconfig\n2. Restart. [2]")).toMatchObject({
      cited: [2],
      outcome: "answered",
    });
  });

  test("whatever the fences: prose loses what was not given, code stays, sources are right (1,000 random answers)", async () => {
    const random = mulberry32(20261129);
    const choose = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
    const code = (marks: string) =>
      Array.from({ length: Math.floor(random() * 4) }, () =>
        choose([
          "rows[9] = values[7]",
          "echo `date`",
          "values[7]",
          "say [9] twice",
          "",
          marks.slice(1),
          `${marks}sh`,
          marks.startsWith("~") ? "````" : "~~~~",
          "# Then wait",
        ]),
      ).join("\n");
    const prose = () => {
      const n = choose([1, 2, 3]);
      return choose([
        { raw: `Restart [9] it. [${n}]\n`, checked: `Restart it. [${n}]\n`, cited: [n] },
        { raw: `Sign in [${n}, 8]; wait [9].\n`, checked: `Sign in [${n}]; wait.\n`, cited: [n] },
        { raw: "\n", checked: "\n", cited: [] },
        { raw: "```ipconfig /all```\n", checked: "```ipconfig /all```\n", cited: [] },
        { raw: "Run `a` and ``b`` [7] here\n", checked: "Run `a` and ``b`` here\n", cited: [] },
      ]);
    };
    const fenced = () => {
      const n = choose([1, 2, 3]);
      const marks = choose(["```", "````", "~~~", "~~~~~"]);
      const opening = choose(marks.startsWith("~") ? [" `x` y", "", "sh"] : ["", "powershell", "sh title"]);
      const before = marks.startsWith("~") || opening.includes(" ") ? "" : choose(["", "Run this: ", "`a` "]);
      const body = `${before}${marks}${opening}\n${code(marks)}\n`;
      const closing = marks + choose(["", marks.slice(2), "  "]);
      return choose([
        { raw: `${body}${closing}\n`, checked: `${body}${closing}\n`, cited: [] },
        {
          raw: `${body}${marks} [${n}][9]\n`,
          checked: `${body}${marks}\n[${n}]\n`,
          cited: [n],
        },
      ]);
    };
    for (let round = 0; round < 1_000; round += 1) {
      const parts = Array.from({ length: 1 + Math.floor(random() * 8) }, () => choose([prose, fenced])());
      const raw = `First. [1]\n${parts.map((part) => part.raw).join("")}`;
      const deltas = raw.match(/[\s\S]{1,7}/gu) ?? [];
      const { pieces, cited } = await check(...deltas);
      expect(pieces.join(""), JSON.stringify(raw)).toBe(
        `First. [1]\n${parts.map((part) => part.checked).join("")}`.trimEnd(),
      );
      expect(cited, JSON.stringify(raw)).toEqual([1, ...parts.flatMap((part) => part.cited)]);
    }
  });
});

test("checking twice changes nothing more, and only given numbers remain", async () => {
  const raw =
    "1. Open https://evil.example [1, 9]. See [x](https://evil.example) [2][8].\n2. Done 【3】 (source 7).";
  const once = await textOf(raw);
  expect(await textOf(once)).toBe(once);
  expect(once).toBe("1. Open … [1]. See x [2].\n2. Done [3].");
});

test("a long line without an end costs linear time for each delta and is given back whole", async () => {
  const word = "word [1 ".repeat(2_000);
  expect((await check(word, "[1].")).pieces.join("")).toContain("[1]");
});

async function check(...deltas: string[]) {
  const checking = checkCitations(stream(deltas), given);
  const pieces: string[] = [];
  const cited: number[] = [];
  let next = await checking.next();
  while (!next.done) {
    pieces.push(next.value.text);
    cited.push(...next.value.cited);
    next = await checking.next();
  }
  return { pieces, cited, outcome: next.value };
}

const textOf = async (text: string) => (await check(text)).pieces.join("");

async function* stream(deltas: readonly string[]) {
  yield* deltas;
}

function sources(...contents: string[]): GivenSource[] {
  return contents.map((content, index) => ({
    n: index + 1,
    kind: "article",
    title: "VPN",
    content,
    language: "en",
    relevance: "high",
  }));
}

/** A small seeded generator (mulberry32), so that a failure can be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
