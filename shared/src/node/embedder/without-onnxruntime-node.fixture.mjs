// node --import this file: a machine on which onnxruntime-node does not load (Alpine, say), its threads included.
import { registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === "onnxruntime-node") throw new Error("no such module here");
    return next(specifier, context);
  },
});
