import { expect, test } from "vitest";
import { remoteAccess } from "./remote-access.ts";

test.each([
  ["https://host/a.git", undefined, { url: "https://host/a.git", user: "x-access-token", token: undefined }],
  ["https://me:p%40ss@host/a.git", undefined, { url: "https://host/a.git", user: "me", token: "p@ss" }],
  [
    "https://secret@host/a.git",
    undefined,
    { url: "https://host/a.git", user: "x-access-token", token: "secret" },
  ],
  ["https://me:old@host/a.git", "new", { url: "https://host/a.git", user: "me", token: "new" }],
  ["git@host:a.git", "new", { url: "git@host:a.git", user: "x-access-token", token: "new" }],
  ["/srv/a.git", undefined, { url: "/srv/a.git", user: "x-access-token", token: undefined }],
])("%s", (address, token, access) => {
  expect(remoteAccess(address, token)).toEqual(access);
});
