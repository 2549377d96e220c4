/** Why a backup or a restore did not happen. `exitCode`: 1 broken, 2 refused or used wrongly; the database is as it was in both. */
export class BackupError extends Error {
  override readonly name = "BackupError";
  readonly exitCode: 1 | 2;

  constructor(exitCode: 1 | 2, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
