// For node --import: this process's clock is wrong by CLOCK_SHIFT_MS. The monotonic clock goes as ever, as it does on a machine whose time is wrong.
const shiftMs = Number(process.env.CLOCK_SHIFT_MS);
const RightDate = Date;

globalThis.Date = class extends RightDate {
  constructor(...args: [] | [number | string | Date]) {
    if (args.length === 0) super(RightDate.now() + shiftMs);
    else super(...args);
  }

  static override now(): number {
    return RightDate.now() + shiftMs;
  }
} as DateConstructor;
