import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EmbedderBusyError } from "../../embedder/embedder-busy-error.ts";
import { createWorkerPool, type WorkerPool } from "./create-worker-pool.ts";
import { type EmbedderWorker, startEmbedderWorker } from "./start-embedder-worker.ts";

// Real threads with a small program in the place of the network: echo-worker.fixture.mjs.
const program = new URL("./echo-worker.fixture.mjs", import.meta.url);
const folder = { weights: "", tokenizer: "", dtype: "fp32", layout: undefined } as const;
const start = (): Promise<EmbedderWorker> => startEmbedderWorker({ folder, runtime: "native" }, program);
const lengthsOf = (vectors: Float32Array[]): number[] => vectors.map((vector) => vector[0] ?? -1);

let scratch = "";
let pool: WorkerPool;
let lost: Error[] = [];
const openPool = async (
  options: {
    workers?: number;
    maxWaitingTexts?: number;
    replace?: typeof start;
    watch?: (...load: Parameters<EmbedderWorker["embed"]>) => void;
  } = {},
) => {
  const started = await Promise.all(Array.from({ length: options.workers ?? 2 }, start));
  const workers = started.map(({ embed, close }) => ({
    embed: (...load: Parameters<typeof embed>) => {
      options.watch?.(...load);
      return embed(...load);
    },
    close,
  }));
  return createWorkerPool({
    workers,
    replace: options.replace ?? start,
    maxWaitingTexts: options.maxWaitingTexts ?? 100,
    onWorkerLost: (error) => lost.push(error),
  });
};

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "pool-"));
  lost = [];
});
afterEach(async () => {
  await pool.close();
  await rm(scratch, { recursive: true });
});

describe("createWorkerPool", () => {
  it("gives each text its own vector, in order, when a call is spread over many jobs", async () => {
    pool = await openPool();
    const texts = Array.from({ length: 300 }, (_, i) => "x".repeat((i * 37) % 500));
    expect(lengthsOf(await pool.embed(texts))).toEqual(texts.map((text) => text.length));
    expect(await pool.embed([])).toEqual([]);
  });

  it("lets a question pass a call of many documents: their turns alternate", async () => {
    pool = await openPool({ workers: 1 });
    const order: string[] = [];
    const documents = Array.from({ length: 20 }, (_, i) => `wait 5 ${"d".repeat(1_000 + i)}`);
    const bulk = pool.embed(documents).then(() => order.push("documents"));
    const question = pool.embed(["question"]).then(() => order.push("question"));
    await Promise.all([bulk, question]);
    expect(order).toEqual(["question", "documents"]);
  });

  it("lets up to four short texts of calls that share wait for one run, and gives each call its own vector", async () => {
    const loads: [texts: readonly string[], isPacked: boolean | undefined][] = [];
    pool = await openPool({ workers: 1, watch: (texts, isPacked) => loads.push([texts, isPacked]) });
    const shared = { isShared: true };
    const calls = [
      pool.embed(["wait 20"], shared),
      ...["a", "bb", "ccc", "dddd", "eeeee"].map((text) => pool.embed([text], shared)),
      pool.embed(["alone!"]),
      pool.embed(["x".repeat(520)], shared),
    ];
    expect((await Promise.all(calls)).map(lengthsOf)).toEqual([[7], [1], [2], [3], [4], [5], [6], [520]]);
    expect(loads).toEqual([
      [["wait 20"], false],
      [["a", "bb", "ccc", "dddd"], true],
      [["eeeee"], false],
      [["alone!"], false],
      [["x".repeat(520)], false],
    ]);
  });

  it("keeps the last worker from shared texts until one run cannot hold them, and gives it all others at once", async () => {
    const loads: (readonly string[])[] = [];
    pool = await openPool({ workers: 2, watch: (texts) => loads.push(texts) });
    const embed = (text: string) => pool.embed([text], { isShared: true });
    const first = ["wait 40", "a", "b", "c", "d"].map(embed);
    expect(loads).toEqual([["wait 40"]]);
    const fifth = embed("e");
    expect(loads).toEqual([["wait 40"], ["a", "b", "c", "d"]]);
    await Promise.all([...first, fifth]);
    expect(loads.slice(2)).toEqual([["e"]]);
    const second = [embed("wait 41"), pool.embed(["alone"])];
    expect(loads.slice(3)).toEqual([["wait 41"], ["alone"]]);
    await Promise.all(second);
  });

  it("lets no shared text wait where more than one worker is free", async () => {
    const loads: (readonly string[])[] = [];
    pool = await openPool({ workers: 3, watch: (texts) => loads.push(texts) });
    const calls = ["wait 40", "a", "b"].map((text) => pool.embed([text], { isShared: true }));
    expect(loads).toEqual([["wait 40"], ["a"]]);
    await Promise.all(calls);
    expect(loads).toEqual([["wait 40"], ["a"], ["b"]]);
  });

  it("says when a call's first text goes to a worker, once, and never where none does", async () => {
    pool = await openPool({ workers: 1 });
    const started: string[] = [];
    const embed = (texts: readonly string[], signal?: AbortSignal) =>
      pool.embed(texts, {
        isShared: true,
        onStart: () => started.push(texts[0] ?? ""),
        ...(signal ? { signal } : {}),
      });
    const leaving = new AbortController();
    const calls = [embed(["wait 20"]), embed(["a"]), embed(["b"]), embed(["gone"], leaving.signal)];
    const many = embed(Array.from({ length: 5 }, (_, i) => `${"m".repeat(900)}${i}`));
    expect(started).toEqual(["wait 20"]);
    leaving.abort(new Error("left"));
    await expect(calls[3]).rejects.toThrow("left");
    await Promise.all([...calls.slice(0, 3), many]);
    expect(started).toEqual(["wait 20", "a", "b", `${"m".repeat(900)}0`]);
  });

  it("gives a wide worker what is alone, and what has company to the others first; its replacement is wide, too", async () => {
    const taken: [isWide: boolean, text: string][] = [];
    const watched = async (isWide: boolean) => {
      const { embed, close } = await start();
      const watch = (texts: readonly string[]) => {
        taken.push([isWide, texts.join()]);
        return embed(texts);
      };
      return { embed: watch, close, isWide };
    };
    let replaced: Promise<unknown> | undefined;
    pool = createWorkerPool({
      workers: await Promise.all([watched(false), watched(true)]),
      replace: (worker) => {
        const next = watched(worker.isWide === true);
        replaced = next;
        return next;
      },
      maxWaitingTexts: 100,
    });
    await pool.embed(["alone"]);
    await Promise.all([pool.embed(["wait 20"]), pool.embed(["second"])]);
    await pool.embed([`die once ${join(scratch, "died")}`]);
    await replaced;
    await pool.embed(["alone again"]);
    expect(taken.map(([isWide, text]) => [isWide, text.slice(0, 8)])).toEqual([
      [true, "alone"],
      [true, "wait 20"],
      [false, "second"],
      [true, "die once"],
      [false, "die once"],
      [true, "alone ag"],
    ]);
  });

  it("repeats each text by itself where a shared run failed or its thread died, so that one text fails no other", async () => {
    pool = await openPool({ workers: 1 });
    const calls = ["wait 20", "fail", "after", "die", "last"].map((text) =>
      pool.embed([text], { isShared: true }).then(lengthsOf, (error: Error) => error.message),
    );
    expect(await Promise.all(calls)).toEqual([
      [7],
      "Embedding failed: no such token",
      [5],
      "These texts could not be embedded: An embedder thread ended unexpectedly (exit code 3).",
      [4],
    ]);
  });

  it("repeats a job whose thread died, on another thread, and puts a new thread in its place", async () => {
    pool = await openPool({ workers: 1 });
    const text = `die once ${join(scratch, "died")}`;
    expect(lengthsOf(await pool.embed([text]))).toEqual([text.length]);
    expect(lost.map((error) => error.message)).toEqual([
      "An embedder thread ended unexpectedly (exit code 3).",
    ]);
    expect(lengthsOf(await pool.embed(["after"]))).toEqual([5]);
  });

  it("rejects a job that killed two threads, says why, and goes on with the next", async () => {
    pool = await openPool();
    await expect(pool.embed(["die"])).rejects.toThrow(
      "These texts could not be embedded: An embedder thread ended unexpectedly (exit code 3).",
    );
    expect(lost).toHaveLength(2);
    expect(lengthsOf(await pool.embed(["after"]))).toEqual([5]);
  });

  it("tells who waits when no thread is left and none starts, and tries again at the next call", async () => {
    let starts = 0;
    const replace = () => {
      starts += 1;
      return starts === 1 ? Promise.reject(new Error("no memory")) : start();
    };
    pool = await openPool({ workers: 1, replace });
    await expect(pool.embed(["die"])).rejects.toThrow(
      "No embedder thread is left, and none starts: no memory",
    );
    expect(lengthsOf(await pool.embed(["after"]))).toEqual([5]);
  });

  it("rejects a failed job with its reason and keeps the thread", async () => {
    pool = await openPool({ workers: 1 });
    await expect(pool.embed(["fail"])).rejects.toThrow("Embedding failed: no such token");
    expect(lengthsOf(await pool.embed(["after"]))).toEqual([5]);
    expect(lost).toEqual([]);
  });

  it("refuses a call when too many texts wait, says how many, and takes one of any length when none does", async () => {
    pool = await openPool({ workers: 1, maxWaitingTexts: 3 });
    const running = pool.embed(["wait 50"]);
    const waiting = pool.embed(Array.from({ length: 10 }, () => "w".repeat(600)));
    const refused = pool.embed(["one more"]);
    await expect(refused).rejects.toBeInstanceOf(EmbedderBusyError);
    await expect(refused).rejects.toThrow("10 texts wait already");
    expect(lengthsOf(await waiting)).toHaveLength(10);
    await running;
    expect(lengthsOf(await pool.embed(["free again"]))).toEqual([10]);
  });

  it("drops a call that is aborted before its turn, with the signal's reason, and gives its place free", async () => {
    pool = await openPool({ workers: 1, maxWaitingTexts: 1 });
    const running = pool.embed(["wait 50"]);
    const abort = new AbortController();
    const dropped = pool.embed(["never"], { signal: abort.signal });
    abort.abort(new Error("the client went away"));
    await expect(dropped).rejects.toThrow("the client went away");
    expect(lengthsOf(await pool.embed(["next"]))).toEqual([4]);
    await running;
    await expect(pool.embed(["late"], { signal: abort.signal })).rejects.toThrow("the client went away");
  });

  it("finishes what runs and rejects what waits when it is closed, and afterwards everything", async () => {
    pool = await openPool({ workers: 1 });
    const running = pool.embed(["wait 50"]);
    const waiting = pool.embed(["waiting"]);
    const closed = pool.close();
    await expect(waiting).rejects.toThrow("The embedder is closed.");
    expect(lengthsOf(await running)).toEqual([7]);
    await closed;
    await expect(pool.embed(["late"])).rejects.toThrow("The embedder is closed.");
  });
});
