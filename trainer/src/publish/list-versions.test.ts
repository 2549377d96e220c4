import { expect, test } from "vitest";
import { type PublishedVersion, versionBefore } from "./list-versions.ts";

/** A history from its first version to the one of now, each by a letter; "starter" publishes nothing. */
function history(...names: string[]): PublishedVersion[] {
  const versions = names.map((name): PublishedVersion => {
    const bundleMd5 = name === "starter" ? null : name;
    const commit = { id: name, parent: null, author: "", at: "", subject: "", trailers: {} };
    const state = {
      commit: name,
      bundleMd5,
      version: name,
      hash: bundleMd5,
      lock: null,
      stages: {},
      files: new Map(),
    };
    return { version: name, hash: bundleMd5, commit, reverts: null, state };
  });
  return versions.reverse();
}

test.each([
  [["starter", "a"], "starter"],
  [["starter", "a", "b"], "a"],
  // b was taken back: from a the way goes to what was before a, not to b again.
  [["starter", "a", "b", "a"], "starter"],
  [["starter", "a", "b", "a", "c"], "a"],
  // b was chosen again by name.
  [["starter", "a", "b", "a", "b"], "a"],
  [["starter", "a", "starter", "c"], "starter"],
])("of %j the one before is %s", (names, before) => {
  expect(versionBefore(history(...names))?.version).toBe(before);
});

test("a barred one is passed over; where history begins with the current one there is none", () => {
  expect(versionBefore(history("starter", "a", "b", "c"), (hash) => hash === "b")?.version).toBe("a");
  expect(versionBefore(history("a"))).toBeNull();
  expect(versionBefore([])).toBeNull();
});
