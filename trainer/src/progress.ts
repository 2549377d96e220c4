/** Where progress goes: stderr, a bar on a terminal and plain lines elsewhere. */
export type Progress = { update(done: number, total: number): void; end(): void };

/**
 * Progress of one titled step. On a terminal one line is drawn over and over; elsewhere (a log, CI) a line is written at
 * the start and at each further tenth, so that a log stays readable.
 */
export function startProgress(title: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  let lastTenth = -1;
  let drawn = false;
  return {
    update: (done, total) => {
      const share = total === 0 ? 1 : done / total;
      if (stream.isTTY) {
        const filled = Math.round(share * 24);
        stream.write(`\r${title} [${"#".repeat(filled)}${" ".repeat(24 - filled)}] ${done}/${total}\u001b[K`);
        drawn = true;
        return;
      }
      const tenth = Math.floor(share * 10);
      if (tenth > lastTenth) stream.write(`${title} ${done}/${total}\n`);
      lastTenth = tenth;
    },
    end: () => {
      if (drawn) stream.write("\n");
    },
  };
}
