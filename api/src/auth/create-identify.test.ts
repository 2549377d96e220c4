import { describe, expect, test } from "vitest";
import { DatabaseUnavailableError } from "../../../shared/src/database/database-unavailable-error.ts";
import { type Problem, problemCodes } from "../problem.ts";
import { localCaller } from "./caller.ts";
import { createIdentify, type IdentifyOptions, keyLifeMs } from "./create-identify.ts";
import type { FoundKey } from "./find-key.ts";
import { generateKey } from "./generate-key.ts";

const { key, hash } = await generateKey();
const { key: otherKey } = await generateKey();
const valid: FoundKey = { id: "key-1", scopes: ["ask"], expiresAtMs: null, isRevoked: false };
const away = () => Promise.reject(new DatabaseUnavailableError("away", null));

/** One key in a table, clocks that are set by hand (the time of day is set back by `setBackMs`), and a count of what was looked up. */
function setUp(options: Partial<IdentifyOptions> = {}) {
  const state = {
    nowMs: 1_000_000,
    setBackMs: 0,
    lookUps: 0,
    found: valid as FoundKey | null,
    isAway: false,
  };
  const count = async <Value>(value: Value): Promise<Value> => {
    state.lookUps += 1;
    return state.isAway ? away() : value;
  };
  const identification = createIdentify({
    findKey: (asked) => count(asked === hash ? state.found : null),
    hasAnyKey: () => count(true),
    trustsLoopback: false,
    nowMs: () => state.nowMs - state.setBackMs,
    elapsedMs: () => state.nowMs,
    ...options,
  });
  return { ...identification, state };
}

const withKey = (sent: string | null, host = "agent.example") => ({ key: sent, host, isForwarded: false });

async function refusal(work: Promise<unknown>): Promise<Problem> {
  return work.then(
    (value) => Promise.reject(new Error(`let in: ${JSON.stringify(value)}`)),
    (problem) => problem,
  );
}

describe("happy", () => {
  test("a key is its holder, with the role that its scopes give", async () => {
    for (const [scopes, role] of [
      [["agent"], "agent"],
      [["admin"], "agent"],
      [["ask", "feedback"], "requester"],
      [["monitor"], "unknown"],
    ] as const) {
      const { identify, state } = setUp();
      state.found = { ...valid, scopes };
      expect(await identify(withKey(key))).toEqual({ keyId: "key-1", scopes, role });
    }
  });

  test("a thousand requests within the key's life cost one look-up, also when they come at once", async () => {
    const { identify, state } = setUp({
      findKey: async () => {
        state.lookUps += 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return valid;
      },
    });
    await Promise.all(Array.from({ length: 500 }, () => identify(withKey(key))));
    for (let request = 0; request < 500; request += 1) {
      state.nowMs += keyLifeMs / 501;
      await identify(withKey(key));
    }
    expect(state.lookUps).toBe(1);
  });

  test("the first admin's key is an admin's without any database", async () => {
    const { identify } = setUp({ firstAdminKeySha256: hash, findKey: away, hasAnyKey: away });
    expect(await identify(withKey(key))).toEqual({ keyId: "first-admin", scopes: ["admin"], role: "agent" });
  });

  test("as long as no key exists, whoever uses this machine is the local agent, of whom nobody knows who it is", async () => {
    const { identify } = setUp({ trustsLoopback: true, hasAnyKey: async () => false });
    for (const host of ["localhost", "127.0.0.1", "127.1.2.3", "[::1]", "LOCALHOST"])
      expect(await identify(withKey(null, host))).toBe(localCaller);
    expect(localCaller.role).toBe("unknown");
  });
});

describe("error", () => {
  test("while the database is away a known key goes on for a quarter of an hour, and its end still counts", async () => {
    const { identify, state } = setUp();
    state.found = { ...valid, expiresAtMs: state.nowMs + 600_000 };
    await identify(withKey(key));
    state.isAway = true;
    state.nowMs += 599_999;
    expect(await identify(withKey(key))).toMatchObject({ keyId: "key-1" });
    state.nowMs += 1;
    expect(await refusal(identify(withKey(key)))).toMatchObject({ code: "invalid_key" });
    state.nowMs += 300_000;
    expect(await refusal(identify(withKey(key)))).toBeInstanceOf(DatabaseUnavailableError);
  });

  test("a key that this process does not know waits for the database", async () => {
    const { identify, state } = setUp();
    state.isAway = true;
    expect(await refusal(identify(withKey(key)))).toBeInstanceOf(DatabaseUnavailableError);
  });

  test("where nobody can tell whether keys exist, this machine may ask and no more", async () => {
    const { identify } = setUp({ trustsLoopback: true, hasAnyKey: away });
    expect(await identify(withKey(null, "localhost"))).toEqual({ ...localCaller, scopes: ["ask"] });
  });
});

describe("security", () => {
  test("a revoked key is refused within its life, and at once where this process revoked it", async () => {
    const { identify, forget, state } = setUp();
    await identify(withKey(key));
    state.found = { ...valid, isRevoked: true };
    state.nowMs += keyLifeMs - 1;
    expect(await identify(withKey(key))).toMatchObject({ keyId: "key-1" });
    state.nowMs += 1;
    expect(await refusal(identify(withKey(key)))).toMatchObject({ code: "invalid_key" });
    state.found = valid;
    state.nowMs += keyLifeMs;
    await identify(withKey(key));
    state.found = { ...valid, isRevoked: true };
    forget();
    expect(await refusal(identify(withKey(key)))).toMatchObject({ code: "invalid_key" });
  });

  test("a clock that is set back keeps no revoked key working, neither by its memory nor by the grace of an outage", async () => {
    const { identify, state } = setUp();
    await identify(withKey(key));
    state.setBackMs = 3_600_000;
    state.found = { ...valid, isRevoked: true };
    state.nowMs += keyLifeMs;
    expect(await refusal(identify(withKey(key)))).toMatchObject({ code: "invalid_key" });
    state.isAway = true;
    state.nowMs += 15 * 60_000;
    expect(await refusal(identify(withKey(key)))).toBeInstanceOf(DatabaseUnavailableError);
  });

  test("a look-up that began before a revocation is not remembered after it", async () => {
    const { promise, resolve } = Promise.withResolvers<FoundKey>();
    let lookUps = 0;
    const findKey = () => {
      lookUps += 1;
      return lookUps === 1 ? promise : Promise.resolve({ ...valid, isRevoked: true });
    };
    const { identify, forget } = setUp({ findKey });
    const early = identify(withKey(key));
    await expect.poll(() => lookUps).toBe(1);
    forget();
    resolve(valid);
    await early;
    expect(await refusal(identify(withKey(key)))).toMatchObject({ code: "invalid_key" });
  });

  test("wrong, revoked, ended and missing keys are 401 with a challenge, and none is quoted", async () => {
    const { identify, state } = setUp();
    const wrong = ["", "x", `${key}x`, key.toUpperCase(), `sia_${"a".repeat(8)}_${"<".repeat(43)}`, otherKey];
    for (const sent of [...wrong, null]) {
      const problem = await refusal(identify(withKey(sent)));
      const code = sent === null ? "key_required" : "invalid_key";
      expect(problem).toMatchObject({ code });
      expect(problemCodes[problem.code].status).toBe(401);
      expect(problem.headers["www-authenticate"]).toMatch(/^Bearer realm=/);
      if (sent) expect(`${problem.message}${JSON.stringify(problem.headers)}`).not.toContain(sent);
    }
    expect(state.lookUps).toBe(1);
    state.found = { ...valid, expiresAtMs: state.nowMs };
    expect(await refusal(identify(withKey(key)))).toMatchObject({ code: "invalid_key" });
  });

  test("once a key exists this machine needs one, too; and where a first admin's is set, before", async () => {
    for (const options of [{}, { firstAdminKeySha256: hash, hasAnyKey: async () => false }]) {
      const { identify } = setUp({ trustsLoopback: true, ...options });
      expect(await refusal(identify(withKey(null, "localhost")))).toMatchObject({ code: "key_required" });
    }
  });

  test("a name that somebody's DNS points at this machine is not this machine", async () => {
    const { identify } = setUp({ trustsLoopback: true, hasAnyKey: async () => false });
    for (const host of [
      "evil.example",
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "10.0.0.1",
      "::2",
    ])
      expect(await refusal(identify(withKey(null, host)))).toMatchObject({ code: "key_required" });
  });

  test("what a proxy on this machine passes on is not from this machine", async () => {
    const { identify } = setUp({ trustsLoopback: true, hasAnyKey: async () => false });
    const forwarded = { ...withKey(null, "localhost"), isForwarded: true };
    expect(await refusal(identify(forwarded))).toMatchObject({ code: "key_required" });
  });

  test("a wrong key is refused where none is needed: who sends one means it", async () => {
    const { identify } = setUp({ trustsLoopback: true, hasAnyKey: async () => false });
    expect(await refusal(identify(withKey(otherKey, "localhost")))).toMatchObject({ code: "invalid_key" });
  });

  test("ten thousand wrong keys at once take four look-ups at a time, and a known key does not wait behind them", async () => {
    let running = 0;
    let most = 0;
    const { identify } = setUp({
      findKey: async (asked) => {
        if (asked === hash) return valid;
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running -= 1;
        return null;
      },
    });
    await identify(withKey(key));
    const flood = Array.from({ length: 10_000 }, (_, index) => {
      const secret = String(index).padStart(43, "A");
      return refusal(identify(withKey(`sia_aaaaaaaa_${secret}`)));
    });
    expect(await identify(withKey(key))).toMatchObject({ keyId: "key-1" });
    const codes = new Set((await Promise.all(flood)).map(({ code }) => code));
    expect([...codes].sort()).toEqual(["invalid_key", "overloaded"]);
    expect(most).toBe(4);
  });
});
