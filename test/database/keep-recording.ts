// Records predictions in the embedded database of the folder on its command line, and prints each id once it has it. A process
// for tests to kill.
import { recordPrediction } from "../../api/src/records/record-prediction.ts";
import { openPglite } from "../../shared/src/node/database/open-pglite.ts";
import { examplePrediction } from "./example-prediction.ts";

const [folder] = process.argv.slice(2);
const database = await openPglite(folder);
for (;;) process.stdout.write(`${await recordPrediction(database)(examplePrediction)}\n`);
