import { createReadStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { chooseQueue } from "./choose-queue.ts";

test.each([
  ["My password for the printer expired", undefined, "Security / Access"],
  ["The PRINTER and the network are slow", undefined, "Hardware / Device"],
  ["No wifi since the update", undefined, "Network / Infrastructure"],
  ["The app crashes", undefined, "Software / Product"],
  ["What are your hours?", "Product Support", "Software / Product"],
  ["Nothing works", "Service Outages and Maintenance", "Service Outages"],
  // Whole words: no "scan" in "scanned", no "app" in "apply", no "lan" in "plan".
  ["I scanned a plan to apply", "IT Support", "General Technical Support"],
])("%s (%s) is for %s", (body, queue, expected) => {
  expect(chooseQueue(body, queue)).toBe(expected);
});

const folder = process.env.EVAL_DATA_DIR;

test.skipIf(!folder)(
  "on the public set the rule gives the labels that were made with it elsewhere",
  async () => {
    const lines = createInterface(createReadStream(join(folder ?? "", "tickets/support-tickets.jsonl")));
    let rows = 0;
    let same = 0;
    for await (const line of lines) {
      const { body, queue, refined_queue } = JSON.parse(line);
      if (refined_queue === null) continue;
      rows += 1;
      same += Number(chooseQueue(body, queue) === refined_queue);
    }
    expect({ rows, same }).toEqual({ rows: 6_563, same: 6_563 });
  },
);
