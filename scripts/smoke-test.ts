// Asks a deployed API what it serves, and one question: ./scripts/smoke-test URL [BUNDLE_HASH]. Without a hash any bundle is right, as long
// as every instance serves the same. The key is read from SUPPORT_IT_AGENT_KEY. Exit codes: 0 right, 1 no answer, 2 a wrong one, or wrong use.
import { z } from "zod";
import { DeliveryError } from "./delivery/delivery-error.ts";
import { readServedVersion } from "./delivery/read-served-version.ts";
import { smokeTest } from "./delivery/smoke-test.ts";
import { smokeTestQuestion } from "./delivery/smoke-test-question.ts";
import { parseCommand } from "./lib/parse-command.ts";

const { positionals, refuse } = parseCommand({
  usage:
    "Usage: ./scripts/smoke-test URL [BUNDLE_HASH], for example ./scripts/smoke-test http://127.0.0.1:8000",
  mostPositionals: 2,
});
const [address, given] = positionals;
const url = z.url({ protocol: /^https?$/ }).safeParse(address).data ?? refuse("Name the API by its address.");
try {
  const bundleHash = given ?? (await readServedVersion(url)).bundle_hash;
  const key = process.env.SUPPORT_IT_AGENT_KEY || undefined;
  console.log(await smokeTest({ url, bundleHash, question: smokeTestQuestion, key, patienceMs: 0 }));
} catch (error) {
  console.error(error instanceof DeliveryError ? error.message : error);
  process.exitCode = error instanceof DeliveryError ? error.exitCode : 1;
}
