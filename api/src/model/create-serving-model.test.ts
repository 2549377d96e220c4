import { expect, test } from "vitest";
import { createServingModel, type LoadedModel } from "./create-serving-model.ts";

function model(hash: string) {
  const closed: string[] = [];
  const loaded = {
    bundle: { hash, manifest: { version: hash } },
    classifier: {
      modelVersion: hash,
      queues: [],
      classify: async () => [],
      close: async () => void closed.push(hash),
    },
  } as unknown as LoadedModel;
  return { loaded, closed };
}

test("who began with a model keeps it, and it is freed once when the last of them has ended", async () => {
  const [first, second] = [model("first"), model("second")];
  const serving = createServingModel(first.loaded);
  const [one, two] = [serving.hold(), serving.hold()];
  const freed = serving.replace(second.loaded);
  expect(serving.current()).toBe(second.loaded);
  expect([one.model, serving.hold().model]).toEqual([first.loaded, second.loaded]);
  one.release();
  one.release();
  await Promise.resolve();
  expect(first.closed).toEqual([]);
  two.release();
  await freed;
  expect([first.closed, second.closed]).toEqual([["first"], []]);
});

test("a model that nobody holds is freed at once", async () => {
  const first = model("first");
  const serving = createServingModel(first.loaded);
  serving.hold().release();
  await serving.replace(model("second").loaded);
  expect(first.closed).toEqual(["first"]);
});
