import { DatabaseUnavailableError } from "@support-it-agent/shared/database/database-unavailable-error";
import { createSlots } from "../http/create-slots.ts";
import { Problem } from "../problem.ts";
import { type Caller, keyCaller, localCaller } from "./caller.ts";
import type { FoundKey } from "./find-key.ts";
import { hashKey } from "./hash-key.ts";
import { isLoopbackName } from "./is-loopback-name.ts";
import { keyPattern } from "./key-pattern.ts";

/** What a request says of who sends it. */
export type Credentials = {
  /** The key, as it was sent; null where none was. */
  readonly key: string | null;
  /** The host that the request names. */
  readonly host: string;
  /** True where a proxy says that it passes on what somebody else sent. */
  readonly isForwarded: boolean;
};

/** Who sends a request. Rejects with key_required, invalid_key, overloaded, or DatabaseUnavailableError. */
export type Identify = (credentials: Credentials) => Promise<Caller>;

export type Identification = {
  readonly identify: Identify;
  /** Looks every key up anew: called where a key was made or revoked by this process. */
  readonly forget: () => void;
};

export type IdentifyOptions = {
  readonly findKey: (hash: string) => Promise<FoundKey | null>;
  readonly hasAnyKey: () => Promise<boolean>;
  /** True where only this machine reaches the server: as long as no key exists, whoever asks is the local agent. */
  readonly trustsLoopback: boolean;
  /** SHA-256 in hex of a key that is an admin's though no database knows it: how an installation begins. */
  readonly firstAdminKeySha256?: string | undefined;
  /** The time of day, for the end of a key; it may be set back. */
  readonly nowMs?: () => number;
  /** A clock that nobody sets, for how long ago a key was looked up. */
  readonly elapsedMs?: () => number;
};

/** For this long a key is taken as it was when it was last looked up: the longest that a revoked key still works. */
export const keyLifeMs = 5_000;

/** While the database is away, a key that this process knew goes on for this long: answers without a database need one, too. */
const graceMs = 15 * 60_000;

const maxRemembered = 1_000;

/**
 * Tells callers by their keys. A known key costs one look-up in 5 s, however many requests it sends; between them nothing is
 * asked of the database.
 *
 * Wrong keys are not counted by address. Guessing one of 2^256 is hopeless at any rate; a text that is no key costs a
 * comparison, and one that looks like a key a SHA-256 and one look-up in an index, a thousandth of a question. What they could
 * take is the database's connections, so at most four look-ups are under way at once, and known keys do not wait behind them.
 */
export function createIdentify(options: IdentifyOptions): Identification {
  const { findKey, hasAnyKey, trustsLoopback, firstAdminKeySha256 } = options;
  const { nowMs = Date.now, elapsedMs = () => performance.now() } = options;
  const slots = createSlots({ maxRunning: 4, maxWaiting: 200 });
  const keys = createMemory<FoundKey>(elapsedMs);
  const anyKey = createMemory<boolean>(elapsedMs);

  const look = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    const release = await slots.acquire(new AbortController().signal);
    return work().finally(release);
  };

  const identifyKey = async (key: string): Promise<Caller> => {
    if (!keyPattern.test(key)) throw invalidKey("This is no key of this agent: keys begin with sia_.");
    const hash = await hashKey(key);
    if (hash === firstAdminKeySha256) return keyCaller(firstAdminId, ["admin"]);
    const found = await keys.get(hash, () => look(() => findKey(hash)));
    if (!found) throw invalidKey("No key of this agent is like this one. Check that it is whole.");
    if (found.isRevoked) throw invalidKey("This key was revoked. Ask whoever runs the agent for another.");
    if (found.expiresAtMs !== null && found.expiresAtMs <= nowMs()) {
      throw invalidKey(
        `This key ended on ${new Date(found.expiresAtMs).toISOString()}. Ask whoever runs the agent for another.`,
      );
    }
    return keyCaller(found.id, found.scopes);
  };

  const identifyLocal = async ({ host, isForwarded }: Credentials): Promise<Caller> => {
    if (!trustsLoopback) throw keyRequired("Send one as Authorization: Bearer KEY.");
    if (!isLoopbackName(host)) {
      throw keyRequired(
        `Without a key only 127.0.0.1 and localhost are served, and this request names ${JSON.stringify(host)}.`,
      );
    }
    if (isForwarded) {
      throw keyRequired(
        "Without a key only what this machine sends itself is served, and this came through a proxy.",
      );
    }
    if (firstAdminKeySha256) throw keyRequired("Send one as Authorization: Bearer KEY.");
    try {
      if (!(await anyKey.get("any", hasAnyKey))) return localCaller;
    } catch (error) {
      // Nobody can tell whether keys exist; all that they protect is as far away as they are.
      if (error instanceof DatabaseUnavailableError) return { ...localCaller, scopes: ["ask"] };
      throw error;
    }
    throw keyRequired("Send one as Authorization: Bearer KEY.");
  };

  return {
    identify: (credentials) =>
      credentials.key === null ? identifyLocal(credentials) : identifyKey(credentials.key),
    forget: () => {
      keys.clear();
      anyKey.clear();
    },
  };
}

/** The id under which the first admin's key, which no table holds, stands in labels, log and audit. */
const firstAdminId = "first-admin";

/** RFC 6750, section 3: what a client is to send. */
const challenge = 'Bearer realm="support-it-agent"';

function keyRequired(how: string): Problem {
  return new Problem("key_required", `${how} Whoever runs the agent makes keys: ./scripts/keys create.`, {
    headers: { "www-authenticate": challenge },
  });
}

function invalidKey(why: string): Problem {
  return new Problem("invalid_key", why, {
    headers: { "www-authenticate": `${challenge}, error="invalid_token"` },
  });
}

/**
 * What was found under a name, for keyLifeMs, and for graceMs where it cannot be looked up again. Nothing is kept of what was not
 * found. Those who ask for the same at once share one look-up.
 */
function createMemory<Value>(elapsedMs: () => number) {
  const known = new Map<string, { readonly value: Value; readonly atMs: number }>();
  const underWay = new Map<string, Promise<Value | null>>();
  let generation = 0;

  const lookUp = async (name: string, find: () => Promise<Value | null>): Promise<Value | null> => {
    const startedIn = generation;
    const atMs = elapsedMs();
    const value = await find();
    known.delete(name);
    if (value === null || startedIn !== generation) return value;
    known.set(name, { value, atMs });
    for (const oldest of known.keys()) {
      if (known.size <= maxRemembered) break;
      known.delete(oldest);
    }
    return value;
  };

  return {
    get: async (name: string, find: () => Promise<Value | null>): Promise<Value | null> => {
      const last = known.get(name);
      if (last && elapsedMs() - last.atMs < keyLifeMs) return last.value;
      const looking = underWay.get(name) ?? lookUp(name, find).finally(() => underWay.delete(name));
      underWay.set(name, looking);
      try {
        return await looking;
      } catch (error) {
        if (last && error instanceof DatabaseUnavailableError && elapsedMs() - last.atMs < graceMs)
          return last.value;
        throw error;
      }
    },
    clear: () => {
      generation += 1;
      known.clear();
      underWay.clear();
    },
  };
}
