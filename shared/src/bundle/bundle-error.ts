/** A model bundle that must not serve. The message says what differs and what to do next. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}
