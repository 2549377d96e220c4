/**
 * Why a delivery did not go on. `exitCode`: 1 broken, nothing of what serves was changed; 2 a considered no; 3 failed and undone, the version before
 * serves; 4 failed and not undone, a person is needed; 5 main has moved on, and a later run deploys that.
 */
export class DeliveryError extends Error {
  override readonly name = "DeliveryError";
  readonly exitCode: 1 | 2 | 3 | 4 | 5;

  constructor(exitCode: 1 | 2 | 3 | 4 | 5, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
