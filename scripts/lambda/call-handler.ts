// node call-handler.ts FOLDER <EVENTS: what AWS Lambda does, on this machine: loads the handler out of FOLDER, then hands it the events (a JSON
// list on stdin) one after the other. stdout, as its last line: how long loading took, and each event's answer and time, as JSON. It imports nothing
// but the handler, so that it runs where nothing else can be read.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
const events: unknown[] = JSON.parse(readFileSync(0, "utf8"));
const loading = performance.now();
const { handler } = await import(pathToFileURL(`${folder}/lambda.mjs`).href);
const loadMs = performance.now() - loading;
const loadCpuMs = cpuMs();
const answers: { statusCode: number; body: string; ms: number }[] = [];
for (const event of events) {
  const asked = performance.now();
  const { statusCode, body } = await handler(event, {});
  answers.push({ statusCode, body, ms: performance.now() - asked });
}
const { maxRSS } = process.resourceUsage();
// After what the handler has logged, whose lines are written without waiting.
setTimeout(() => {
  process.stdout.write(`\n${JSON.stringify({ loadMs, loadCpuMs, answers, maxRssBytes: maxRSS * 1_024 })}\n`);
  process.exit(0);
}, 50);

/** Processor time of all threads since the process started. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
