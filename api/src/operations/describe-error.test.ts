import { expect, test } from "vitest";
import { describeError } from "./describe-error.ts";

test("causes are followed, and the parameters that a driver appends are left out, of the stack as well", () => {
  const root = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const error = new Error("Failed query: insert into t\nparams: hunter2", { cause: root });
  const described = describeError(error);
  expect(described).toMatchObject([
    { name: "Error", message: "Failed query: insert into t" },
    { name: "Error", code: "ECONNREFUSED", message: "connect ECONNREFUSED" },
  ]);
  expect(JSON.stringify(described)).not.toContain("hunter2");
  expect(described[0]?.frames).toEqual(
    expect.arrayContaining([expect.stringContaining("describe-error.test.ts")]),
  );
});

test("a cause that causes itself ends", () => {
  const error = new Error("round");
  error.cause = error;
  expect(describeError(error).length).toBe(5);
});
