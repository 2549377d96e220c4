/**
 * Shows how far a long step is, on standard error: on a terminal a bar that moves, elsewhere a plain line for each tenth.
 */
export function showSteps(name: string, total: number): { add(count: number): void; end(): void } {
  const startedMs = performance.now();
  let done = 0;
  let shown = -1;
  const line = () => {
    const left =
      done === 0
        ? ""
        : `, ${Math.ceil((((performance.now() - startedMs) / done) * (total - done)) / 60_000)} min left`;
    return `${name}: ${done} of ${total}${left}`;
  };
  return {
    add: (count) => {
      done += count;
      const [parts, bar] = process.stderr.isTTY ? [1_000, "\r"] : [10, ""];
      const part = Math.floor((done / total) * parts);
      if (part === shown) return;
      shown = part;
      process.stderr.write(process.stderr.isTTY ? `${bar}${line()}\u001b[K` : `${line()}\n`);
    },
    end: () => {
      if (process.stderr.isTTY) process.stderr.write("\n");
    },
  };
}
