// node this file DIR HUB_URL WEIGHTS_JSON: one process that fetches; prints its notices.
import { fetchWeights } from "./fetch-weights.ts";

const [, , dir, hubUrl, weights] = process.argv;
await fetchWeights({
  dir,
  hubUrl,
  weights: JSON.parse(weights),
  python: "python3",
  onNotice: (notice) => process.stdout.write(`${notice}\n`),
});
