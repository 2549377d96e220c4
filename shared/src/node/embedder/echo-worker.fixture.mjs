// A worker program for the pool's tests: a vector holds the text's length; "die" ends the thread, "die once FILE"
// does so until FILE exists, "fail" is a failed job, "wait MS" takes its time.
import { existsSync, writeFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";

parentPort.on("message", ({ kind, texts }) => {
  if (kind === "close") return parentPort.close();
  const text = texts.find((each) => /^(die|fail)/.test(each)) ?? texts[0] ?? "";
  if (text === "die") process.exit(3);
  if (text.startsWith("die once ")) {
    const path = text.slice("die once ".length);
    if (!existsSync(path)) {
      writeFileSync(path, "");
      process.exit(3);
    }
  }
  if (text === "fail") return parentPort.postMessage({ kind: "failed", message: "no such token" });
  const vectors = new Float32Array(texts.length * 384);
  texts.forEach((each, row) => {
    vectors[row * 384] = each.length;
  });
  const answer = () => parentPort.postMessage({ kind: "embedded", vectors }, [vectors.buffer]);
  setTimeout(answer, text.startsWith("wait ") ? Number(text.split(" ")[1]) : 0);
});
parentPort.postMessage({ kind: "ready", runtime: "native" });
