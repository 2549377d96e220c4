import { describe, expect, it } from "vitest";
import { showProgress } from "./show-progress.ts";

const record = (screen: { isTTY?: boolean; columns?: number }): string => {
  let written = "";
  const { progress, notice, end } = showProgress({
    ...screen,
    write: (text) => {
      written += text;
    },
  });
  for (let i = 0; i <= 100; i += 1) {
    progress({ source: "hub", name: "model", receivedBytes: i * 1e6, totalBytes: 100e6 });
  }
  notice("Done soon.");
  end();
  return written;
};

describe("showProgress", () => {
  it("moves one bar on a terminal, no wider than it, and leaves the cursor on a fresh line", () => {
    const written = record({ isTTY: true, columns: 60 });
    expect(written.split("\n")).toHaveLength(3);
    expect(written).toContain("\rmodel  [###############...............]  50.0 of 100.0 MB");
    for (const line of written.split(/\r|\n/)) expect(line.replace("\u001b[K", "").length).toBeLessThan(60);
  });

  it("writes a plain line for each tenth elsewhere", () => {
    const lines = record({}).trimEnd().split("\n");
    expect(lines).toHaveLength(12);
    expect(lines[5]).toBe("model: 50 % (50.0 of 100.0 MB, hub)");
    for (const control of ["\r", "\u001b"]) expect(lines.join("")).not.toContain(control);
  });
});
