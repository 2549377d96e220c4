import { describe, expect, test } from "vitest";
import { checkCitations } from "./check-citations.ts";
import type { GivenSource } from "./generation.ts";

const given = sources(
  "Restart the client. Look at https://status.example.com or www.example.com/help, then call 5555.",
  "Voir https://helpdesk.example.com/fr/vpn (formulaire).",
  "Third source.",
);

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
  ])("of %j", async (raw) => {
    expect(await check(raw)).toEqual({ pieces: [], cited: [], outcome: "no_answer" });
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
