import { describe, expect, it } from "vitest";
import { splitIntoJobs } from "./split-into-jobs.ts";

describe("splitIntoJobs", () => {
  it("puts texts of similar length together, a long text alone, and every text in once", () => {
    const texts = ["x".repeat(5_000), "a", "x".repeat(600), "bb", "x".repeat(601)];
    expect(splitIntoJobs(texts)).toEqual([[1, 3, 2], [4], [0]]);
    expect(splitIntoJobs([])).toEqual([]);
  });

  it("ends a job at 32 texts, so that empty texts too are shared among workers", () => {
    expect(splitIntoJobs(Array.from({ length: 70 }, () => "")).map((job) => job.length)).toEqual([32, 32, 6]);
  });
});
