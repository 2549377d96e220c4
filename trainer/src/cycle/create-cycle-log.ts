/** Tells what a run does, step by step. */
export type CycleLog = {
  readonly info: (line: string) => void;
  /** Runs a titled step, and says how it ended and how long it took. */
  readonly step: <Result>(title: string, work: () => Promise<Result>) => Promise<Result>;
};

/** Lines for a person on a terminal; elsewhere one JSON object a line, for the log. `write` takes whole lines. */
export function createCycleLog(options: {
  readonly isTerminal: boolean;
  readonly write: (line: string) => void;
  readonly now?: () => Date;
}): CycleLog {
  const { isTerminal, write, now = () => new Date() } = options;
  const say = (level: "info" | "error", message: string, more: Readonly<Record<string, unknown>> = {}) => {
    if (!isTerminal) write(JSON.stringify({ time: now().toISOString(), level, message, ...more }));
    else write(level === "error" ? `✗ ${message}` : message);
  };
  return {
    info: (line) => say("info", isTerminal ? `  ${line}` : line),
    step: async (title, work) => {
      const started = performance.now();
      const seconds = () => Math.round((performance.now() - started) / 100) / 10;
      say("info", isTerminal ? `❯ ${title}` : `${title} begins`, { step: title });
      try {
        const result = await work();
        say("info", isTerminal ? `✓ ${title} (${seconds()} s)` : `${title} ends`, {
          step: title,
          seconds: seconds(),
        });
        return result;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        say("error", `${title} failed after ${seconds()} s: ${why}`, { step: title, seconds: seconds() });
        throw error;
      }
    },
  };
}
