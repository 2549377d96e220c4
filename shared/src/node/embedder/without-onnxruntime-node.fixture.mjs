// node --import this file: a machine on which onnxruntime-node does not load (Alpine, say), in any thread, or in those that
// REFUSED_THREADS names ("2,3"). stderr has the number of each thread that asked for it.
import { registerHooks } from "node:module";
import { threadId } from "node:worker_threads";

const refused = process.env.REFUSED_THREADS?.split(",").map(Number);

registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier !== "onnxruntime-node") return next(specifier, context);
    process._rawDebug(String(threadId));
    if (refused?.includes(threadId) ?? true) throw new Error("no such module here");
    return next(specifier, context);
  },
});
