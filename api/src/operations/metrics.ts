/** Numbers of a running instance, in the text format that Prometheus reads (version 0.0.4). */
export type Metrics = {
  /** A number that only grows. `labels` are the label names, in the order of `add`'s values. */
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  /** Durations in seconds, in buckets; its name ends in _seconds. */
  histogram(name: string, help: string, labels?: readonly string[]): Histogram;
  /** A number that is asked for when somebody reads it. */
  gauge(name: string, help: string, read: () => number): void;
  /** A 1 whose labels say something; they are asked for when somebody reads it. */
  info(name: string, help: string, read: () => Readonly<Record<string, string>>): void;
  render(): string;
};

export type Counter = { add(labelValues?: readonly string[], by?: number): void };
export type Histogram = { observe(durationMs: number, labelValues?: readonly string[]): void };

/** Upper edges in seconds: from one WASM run of the classifier to a long answer of a language model. */
const bucketsSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Series of one metric; a caller that made labels out of what people send would otherwise fill the memory. */
const maxSeries = 1_000;

/** An empty set of metrics. No clock and no I/O of its own, so it runs on every runtime. */
export function createMetrics(): Metrics {
  const families: (() => string)[] = [];
  return {
    counter: (name, help, labels = []) => {
      const series = new Map<string, number>();
      families.push(() =>
        family(
          name,
          help,
          "counter",
          [...series].map(([key, value]) => `${name}${key} ${value}`),
        ),
      );
      return {
        add: (values = [], by = 1) => {
          const key = labelSet(labels, values);
          if (series.has(key) || series.size < maxSeries) series.set(key, (series.get(key) ?? 0) + by);
        },
      };
    },
    histogram: (name, help, labels = []) => {
      const series = new Map<string, { values: readonly string[]; counts: number[]; sum: number }>();
      families.push(() =>
        family(
          name,
          help,
          "histogram",
          [...series.values()].flatMap((one) => renderHistogram(name, labels, one)),
        ),
      );
      return {
        observe: (durationMs, values = []) => {
          const key = labelSet(labels, values);
          const one = series.get(key) ?? { values, counts: bucketsSeconds.map(() => 0).concat(0), sum: 0 };
          if (!series.has(key) && series.size >= maxSeries) return;
          series.set(key, one);
          const seconds = durationMs / 1_000;
          const bucket = bucketsSeconds.findIndex((edge) => seconds <= edge);
          const index = bucket < 0 ? bucketsSeconds.length : bucket;
          one.counts[index] = (one.counts[index] ?? 0) + 1;
          one.sum += seconds;
        },
      };
    },
    gauge: (name, help, read) => {
      families.push(() => family(name, help, "gauge", [`${name} ${read()}`]));
    },
    info: (name, help, read) => {
      families.push(() => {
        const labels = read();
        const set = labelSet(Object.keys(labels), Object.values(labels));
        return family(name, help, "gauge", [`${name}${set} 1`]);
      });
    },
    render: () => families.map((render) => render()).join(""),
  };
}

function family(name: string, help: string, type: string, lines: readonly string[]): string {
  return `${[`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines].join("\n")}\n`;
}

/** Buckets are cumulative: each counts what is at or under its edge. */
function renderHistogram(
  name: string,
  labels: readonly string[],
  { values, counts, sum }: { values: readonly string[]; counts: readonly number[]; sum: number },
): string[] {
  let total = 0;
  const buckets = [...bucketsSeconds.map(String), "+Inf"].map((edge, index) => {
    total += counts[index] ?? 0;
    return `${name}_bucket${labelSet([...labels, "le"], [...values, edge])} ${total}`;
  });
  const set = labelSet(labels, values);
  return [...buckets, `${name}_sum${set} ${sum}`, `${name}_count${set} ${total}`];
}

function labelSet(labels: readonly string[], values: readonly string[]): string {
  if (labels.length === 0) return "";
  return `{${labels.map((label, index) => `${label}="${escapeLabel(values[index] ?? "")}"`).join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
