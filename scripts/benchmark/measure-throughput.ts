import { quantile } from "./quantile.ts";

export type Throughput = {
  /** Texts a second: medians over the rounds. */
  readonly rawPerSecond: number;
  readonly askPerSecond: number;
  /** Answers for each raw embedding of the same round: median and range over the rounds. */
  readonly ratio: number;
  readonly ratioRange: readonly [number, number];
  readonly askP95Ms: number;
  /** Processor time in milliseconds: of one embedding, and of one answer by who used it. */
  readonly rawCpuMs: number;
  readonly askCpuMs: Readonly<Record<string, number>>;
};

export type ThroughputOptions = {
  readonly embed: (text: string) => Promise<unknown>;
  readonly ask: (text: string) => Promise<unknown>;
  readonly texts: readonly string[];
  readonly concurrency: number;
  readonly rounds: number;
  readonly roundMs: number;
  /** Processor time so far by name; one of them is `own`, this process. */
  readonly readCpu: () => Promise<Readonly<Record<string, number>>>;
};

/** How many answers a second, beside how many embeddings a second of the same texts by the same two workers without HTTP; in turns. */
export async function measureThroughput(options: ThroughputOptions): Promise<Throughput> {
  const { embed, ask, texts, concurrency, rounds, roundMs, readCpu } = options;
  const measured: { raw: number; asked: number }[] = [];
  const durations: number[] = [];
  const [rawCpu, askCpu] = [createCpuTotal(), createCpuTotal()];
  let next = 0;
  const nextText = () => texts[next++ % texts.length] ?? "";
  for (let round = 0; round < rounds; round += 1) {
    const atStart = await readCpu();
    const raw = await run(embed, nextText, concurrency, roundMs);
    const between = await readCpu();
    const asked = await run(ask, nextText, concurrency, roundMs);
    rawCpu.add(atStart, between, raw.durationsMs.length);
    askCpu.add(between, await readCpu(), asked.durationsMs.length);
    durations.push(...asked.durationsMs);
    measured.push({ raw: raw.perSecond, asked: asked.perSecond });
  }
  const ratios = measured.map(({ raw, asked }) => asked / raw);
  return {
    rawPerSecond: quantile(
      measured.map(({ raw }) => raw),
      0.5,
    ),
    askPerSecond: quantile(
      measured.map(({ asked }) => asked),
      0.5,
    ),
    ratio: quantile(ratios, 0.5),
    ratioRange: [Math.min(...ratios), Math.max(...ratios)],
    askP95Ms: quantile(durations, 0.95),
    rawCpuMs: rawCpu.each().own ?? Number.NaN,
    askCpuMs: askCpu.each(),
  };
}

/** Adds up processor time by name, and divides it by the pieces of work it was used for. */
function createCpuTotal() {
  const used: Record<string, number> = {};
  let count = 0;
  return {
    add: (from: Readonly<Record<string, number>>, to: Readonly<Record<string, number>>, pieces: number) => {
      count += pieces;
      for (const [name, ms] of Object.entries(to)) used[name] = (used[name] ?? 0) + ms - (from[name] ?? 0);
    },
    each: () => Object.fromEntries(Object.entries(used).map(([name, ms]) => [name, ms / count])),
  };
}

/** Keeps `concurrency` calls under way for `roundMs`; what is under way then is finished and counted, with its time. */
async function run(
  work: (text: string) => Promise<unknown>,
  nextText: () => string,
  concurrency: number,
  roundMs: number,
) {
  const startedMs = performance.now();
  const durationsMs: number[] = [];
  const lane = async () => {
    while (performance.now() - startedMs < roundMs) {
      const fromMs = performance.now();
      await work(nextText());
      durationsMs.push(performance.now() - fromMs);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { durationsMs, perSecond: (1_000 * durationsMs.length) / (performance.now() - startedMs) };
}
