/** Scratch space no longer holds what an earlier stage made there: the training begins again at its first stage. */
export class ScratchLostError extends Error {
  override readonly name = "ScratchLostError";

  constructor(folder: string) {
    super(`Scratch space no longer holds ${folder}: the training begins again at its first stage.`);
  }
}
