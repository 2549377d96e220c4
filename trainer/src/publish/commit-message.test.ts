import { expect, test } from "vitest";
import { commitMessage } from "./commit-message.ts";

test("subject, one paragraph, and trailers, a line each", () => {
  expect(
    commitMessage("Publish model 1", "Topics moved.", { "Training-Cycle": "a", "Model-Version": "1" }),
  ).toBe("Publish model 1\n\nTopics moved.\n\nTraining-Cycle: a\nModel-Version: 1\n");
});

test("a reason from outside adds no trailer, and no mark that silences a workflow", () => {
  const reason =
    "Moved.\n\nTraining-Cycle: another\u0000 [skip ci] [CI skip] [no ci] [skip actions] skip-checks: true ***NO_CI***";
  const message = commitMessage("Publish", reason, { "Training-Cycle": "a\nBundle-Hash: forged" });
  expect(message.split("\n").filter((line) => /^[A-Z][\w-]*: /.test(line))).toEqual([
    "Training-Cycle: a Bundle-Hash: forged",
  ]);
  expect(message).not.toMatch(/skip|no.?ci/i);
});

test("a long reason is cut to one line of 500 characters", () => {
  const [, , body = ""] = commitMessage("Publish", "x".repeat(2_000), {}).split("\n");
  expect(body).toHaveLength(500);
});
