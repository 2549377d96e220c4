import { expect, test } from "vitest";
import { hideSecrets } from "./hide-secrets.ts";

test("a secret is hidden as it is, encoded for an address, and in the form of basic authentication", () => {
  const secret = "to/ken+&";
  const forms = [secret, encodeURIComponent(secret), btoa(`x-access-token:${secret}`)];
  expect(hideSecrets(forms.join(" "), [secret])).toBe("*** *** ***");
});

test("a user and a password in an address are hidden without being known; an address without them stays", () => {
  expect(hideSecrets("fatal: 'https://me:pass@host/a.git' and https://host/a.git", [])).toBe(
    "fatal: 'https://***@host/a.git' and https://host/a.git",
  );
});
