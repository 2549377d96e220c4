/** Thrown by embed() when the queue is full. A caller may answer 503 with Retry-After. */
export class EmbedderBusyError extends Error {
  override readonly name = "EmbedderBusyError";
  readonly waitingTexts: number;

  constructor(waitingTexts: number) {
    super(
      `The embedder is busy: ${waitingTexts} texts wait already. Try again in a few seconds, ` +
        "or give the embedder more workers.",
    );
    this.waitingTexts = waitingTexts;
  }
}
