import type { WeightsProgress } from "./fetch-weights.ts";

/** The stream that people read; process.stderr is one. */
export type Screen = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
};

/**
 * Shows a download to a person: on a terminal one bar that moves, elsewhere (a log, CI) a plain line for
 * each tenth. `end` leaves the cursor on a fresh line.
 */
export function showProgress(screen: Screen): {
  progress: (progress: WeightsProgress) => void;
  notice: (notice: string) => void;
  end: () => void;
} {
  let open = false;
  let lastTenth = "";
  const end = (): void => {
    if (open) screen.write("\n");
    open = false;
  };
  return {
    end,
    notice: (notice) => {
      end();
      screen.write(`${notice}\n`);
    },
    progress: ({ name, source, receivedBytes, totalBytes }) => {
      const share = totalBytes === 0 ? 1 : receivedBytes / totalBytes;
      const figures = `${megabytes(receivedBytes)} of ${megabytes(totalBytes)} MB`;
      if (screen.isTTY === true) {
        const filled = Math.round(share * 30);
        const line = `${name}  [${"#".repeat(filled)}${".".repeat(30 - filled)}]  ${figures} (${source})`;
        screen.write(`\r${line.slice(0, (screen.columns ?? 80) - 1)}\u001b[K`);
        open = true;
        return;
      }
      const tenth = `${source} ${name} ${Math.floor(share * 10)}`;
      if (tenth === lastTenth) return;
      lastTenth = tenth;
      screen.write(`${name}: ${Math.floor(share * 100)} % (${figures}, ${source})\n`);
    },
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
