import { write, writeSync } from "node:fs";

/** Lines that wait for a destination that takes none, in characters: some ten thousand answers' worth. */
const mostWaiting = 4 * 1024 * 1024;
/** How long a destination that failed is left alone. */
const retryMs = 1_000;
/** How long one that is only full is (a pipe whose reader is behind). */
const fullRetryMs = 100;
/** How often the last lines are tried at a full destination before the process goes without them. */
const lastTries = 20;

/**
 * Where log lines go, as pino takes it: the open file `fd`, written without making the event loop wait, one write at a time. A destination
 * that fails (a full disk, a terminal that is gone) or does not read is no reason to stop answering: `onFailure` is told once, the oldest
 * four megabytes are kept and written once it works again, and a line after them says how many newer ones were lost. The exit waits for no
 * failing destination, and two seconds for one that does not read (a pipe in blocking mode excepted, where a write has no end but its
 * reader's). A process that ends by itself has written all; one ended by process.exit may break the line that a slow reader is at.
 */
export function createLogDestination(fd: number, onFailure: (error: Error) => void) {
  let lines: string[] = [];
  let waiting = 0;
  let lost = 0;
  /** What a write has begun with, or has left over. */
  let rest: Buffer = Buffer.alloc(0);
  let isWriting = false;
  let isFailing = false;
  let retry: NodeJS.Timeout | undefined;

  const takeLines = () => {
    if (lost > 0) lines.push(lossLine(lost));
    rest = Buffer.from(lines.join(""));
    lines = [];
    waiting = 0;
    lost = 0;
  };
  const writeNext = () => {
    retry = undefined;
    if (rest.length === 0) takeLines();
    isWriting = rest.length > 0;
    if (isWriting) write(fd, rest, onWritten);
  };
  const onWritten = (error: NodeJS.ErrnoException | null, written: number) => {
    isWriting = false;
    if (!error) {
      isFailing = false;
      rest = rest.subarray(written);
      return writeNext();
    }
    const isFull = isDestinationFull(error);
    if (!isFull && !isFailing) onFailure(error);
    isFailing = !isFull;
    retry = setTimeout(writeNext, isFull ? fullRetryMs : retryMs).unref();
  };
  const writeLast = () => {
    if (isFailing) return;
    let last = rest;
    if (isWriting) {
      // A thread is writing `rest`, which nobody tells us the end of any more: it gets the time that a destination that takes lines needs.
      pause(fullRetryMs);
      last = Buffer.alloc(0);
    }
    takeLines();
    last = Buffer.concat([last, rest]);
    for (let tries = 0; last.length > 0 && tries < lastTries; ) {
      try {
        last = last.subarray(writeSync(fd, last));
      } catch (error) {
        if (!isDestinationFull(error)) return;
        tries += 1;
        pause(fullRetryMs);
      }
    }
  };
  process.on("exit", writeLast);

  return {
    write: (line: string) => {
      if (waiting + line.length > mostWaiting) {
        lost += 1;
        return;
      }
      lines.push(line);
      waiting += line.length;
      if (!isWriting && !retry) writeNext();
    },
  };
}

/** Stands still: all that can wait while the process exits. */
const pause = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

const isDestinationFull = (error: unknown) =>
  error instanceof Error && "code" in error && (error.code === "EAGAIN" || error.code === "EBUSY");

const lossLine = (lines: number) =>
  `${JSON.stringify({ level: "warn", time: new Date().toISOString(), lines, msg: "lines of this log are lost: they came while it could not be written" })}\n`;
