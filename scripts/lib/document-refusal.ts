/** One document did not go into the knowledge base, for a reason that concerns it alone. */
export class DocumentRefusal extends Error {
  override readonly name = "DocumentRefusal";
}
