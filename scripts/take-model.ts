// What ./scripts/take-model runs. Prints what serves as JSON on stdout, what it does on stderr. Exit codes: 0 it serves, or nothing runs here that would
// have to; 1 something broke; 2 wrong use.
import { repositoryRoot } from "../api/src/node/repository-root.ts";
import { parseCommand } from "./lib/parse-command.ts";
import { takeModel } from "./lib/take-model.ts";

const usage = `Usage: ./scripts/take-model [--no-pull] [--timeout SECONDS]

Brings this checkout to the head of its branch (git pull --ff-only), fetches the model that it names (dvc pull; where it names none any more,
models/current goes and the starter's model is what serves), sends SIGHUP to the servers that run out of this checkout, and waits until they serve it.

  --no-pull            takes what the checkout names already
  --timeout SECONDS    how long to wait for a server (60)

DVC_REMOTE_URL and AWS_ENDPOINT_URL name the storage where .dvc/config does not; its credentials are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;

const { values, refuse } = parseCommand({
  usage,
  options: {
    "no-pull": { type: "boolean", default: false },
    timeout: { type: "string", default: "60" },
  },
});
const timeoutSeconds = Number(values.timeout);
if (!(timeoutSeconds > 0)) refuse("--timeout is a number of seconds.");
try {
  const taken = await takeModel({
    root: repositoryRoot,
    env: process.env,
    pulls: !values["no-pull"],
    timeoutMs: timeoutSeconds * 1_000,
    say: (line) => console.error(line),
  });
  console.log(JSON.stringify(taken));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
