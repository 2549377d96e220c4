// node scripts/images/record-traffic.ts URL ROWS: lets the API classify and record so many of the starter's tickets, as a ticket tool would.
// The key is SUPPORT_IT_AGENT_KEY.
import { readdir, readFile } from "node:fs/promises";
import { callServer } from "../lib/call-server.ts";
import { parseCommand } from "../lib/parse-command.ts";

const { positionals, refuse } = parseCommand({
  usage: "Usage: node scripts/images/record-traffic.ts URL ROWS",
  mostPositionals: 2,
});
const [url, rows] = positionals;
if (rows === undefined) refuse("The address and the number of rows are needed.");
const folder = new URL("../../data/starter/tickets/", import.meta.url);
const names = (await readdir(folder)).filter((name) => /^(en|fr)-.*\.jsonl$/.test(name)).sort();
const files = await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
const tickets: { subject?: string; body: string }[] = files
  .flatMap((file) => file.split("\n"))
  .filter((line) => line.trim() !== "")
  .map((line) => JSON.parse(line));
const texts = tickets.slice(0, Number(rows)).map(({ subject, body }) => `${subject ?? ""}\n${body}`);

/** The most that /classify takes at once. */
const atOnce = 256;
for (let start = 0; start < texts.length; start += atOnce) {
  const body = JSON.stringify({ texts: texts.slice(start, start + atOnce), record: true });
  const headers = { "content-type": "application/json" };
  await callServer(
    new URL("/classify", url),
    { method: "POST", headers, body },
    process.env.SUPPORT_IT_AGENT_KEY,
  );
}
console.log(texts.length);
