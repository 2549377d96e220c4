import { Problem } from "../problem.ts";

/** Throws unknown_label where `queue` is none of the known ones; `path` names it in the body. */
export async function requireKnownQueue(
  queue: string,
  knownQueues: () => Promise<readonly string[]>,
  path: string,
): Promise<void> {
  const queues = await knownQueues();
  if (queues.includes(queue)) return;
  throw new Problem(
    "unknown_label",
    `"${queue}" is no queue here. Known ones: ${queues.join("; ")}. A new queue comes from an admin (POST /queues) or with ` +
      "an import of tickets.",
    { errors: [{ path, message: "is no known queue" }] },
  );
}
