// node this file MODEL_DIR TEXT: embeds one text and prints what came of it. close() is left out on purpose: idle
// threads must not keep a process alive.
import { createWorkerEmbedder } from "./create-worker-embedder.ts";

const [, , modelDir, text] = process.argv;
const reasons = [];
const onFallback = (reason) => reasons.push(reason);
const { embed, maker } = await createWorkerEmbedder({ modelDir, onFallback });
const [vector] = await embed([text]);
process.stdout.write(JSON.stringify({ reasons, maker, vector: [...vector] }));
