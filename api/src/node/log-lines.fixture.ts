// Writes numbered lines to its standard output, as a log does: node log-lines.fixture.ts COUNT. It takes further counts from its
// standard input, a line each, and ends when that does, or at once at the line "exit". What failed is told on the standard error.
import { createInterface } from "node:readline";
import { createLogDestination } from "./create-log-destination.ts";

const destination = createLogDestination(1, (error) => process.stderr.write(`${error.message}\n`));
let number = 0;
const writeLines = (count: number) => {
  for (const last = number + count; number < last; ) {
    number += 1;
    destination.write(`${`line ${number} `.padEnd(99, ".")}\n`);
  }
};
writeLines(Number(process.argv[2]));
for await (const line of createInterface(process.stdin)) {
  if (line === "exit") process.exit(0);
  writeLines(Number(line));
}
