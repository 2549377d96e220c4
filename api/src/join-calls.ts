import { StatementError } from "@support-it-agent/shared/database/statement-error";
import { mostPackedTexts } from "@support-it-agent/shared/embedder/minilm-session";
import DataLoader from "dataloader";

export type JoinOptions<Item> = {
  /** Calls that are joined at most; by default as many as there are questions that share a run of the network. */
  readonly maxCalls?: number;
  /** Resolves once whatever this turn of the event loop brings has been seen: setImmediate, where the runtime has it. */
  readonly endOfTurn: (() => Promise<unknown>) | undefined;
  /** Only calls with the same key are joined; by default any. */
  readonly keyOf?: (item: Item) => string;
};

/**
 * Makes one call of `work` out of those that come within one turn of the event loop, so that one statement serves several
 * answers: questions that shared a run of the network need the same things at the same moments, and a round trip to the database costs
 * both sides more than what it carries. `work` gives one result for each item, in their order. Where its statement is refused, each
 * item is tried by itself, so that nobody pays for another's text; any other error is everybody's. Without `endOfTurn` each call goes
 * by itself: where every request has sockets of its own (an edge runtime), none may wait for another's.
 */
export function joinCalls<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { maxCalls = mostPackedTexts, endOfTurn, keyOf = () => "" }: JoinOptions<Item>,
): (item: Item) => Promise<Result> {
  const doTogether = async (items: readonly Item[]): Promise<readonly (Result | Error)[]> => {
    try {
      return await work(items);
    } catch (error) {
      if (items.length === 1 || !(error instanceof StatementError)) throw error;
      return Promise.all(items.map((item) => doAlone(item).catch(asError)));
    }
  };
  const doAlone = async (item: Item): Promise<Result> => {
    const [result, ...others] = await work([item]);
    if (result === undefined || others.length > 0) throw new TypeError("one item, and not one result");
    return result;
  };
  if (!endOfTurn) return doAlone;

  const makeLoader = () =>
    new DataLoader<Item, Result>(doTogether, {
      cache: false,
      maxBatchSize: maxCalls,
      batchScheduleFn: (dispatch) => void endOfTurn().then(dispatch),
    });
  const loaders = new Map<string, ReturnType<typeof makeLoader>>();
  return (item) => {
    const key = keyOf(item);
    const loader = loaders.get(key) ?? makeLoader();
    loaders.set(key, loader);
    return loader.load(item);
  };
}

const asError = (error: unknown) => (error instanceof Error ? error : new Error(String(error)));
