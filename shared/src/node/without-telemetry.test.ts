import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const opensNative = /from "[^"]*\/create-worker-embedder(\.ts)?"|import\("onnxruntime-node"\)/;

test("every program that opens the native runtime switches its telemetry off first", () => {
  const files = execFileSync("git", ["ls-files", "api", "scripts", "shared", "trainer"], {
    cwd: root,
    encoding: "utf8",
  }).split("\n");
  const openers = files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    // Those import it from elsewhere: it would be another stage of dvc.yaml's to change them.
    .filter((file) => !file.startsWith("shared/src/node/embedder/"))
    .filter((file) => opensNative.test(readFileSync(join(root, file), "utf8")));
  expect(openers).toContain("api/src/node/open-embedder.ts");
  for (const file of openers)
    expect(readFileSync(join(root, file), "utf8"), file).toMatch(
      /^import "[^"]*\/without-telemetry(\.ts)?";$/m,
    );
});
