/** The weights could not be fetched. The message says what happened and the next step; it is for a person. */
export class WeightsError extends Error {
  override readonly name = "WeightsError";
  /** True when another source would fail in the same way: a full or read-only disk, say. */
  readonly final: boolean;

  constructor(message: string, options: { cause?: unknown; final?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.final = options.final ?? false;
  }
}
