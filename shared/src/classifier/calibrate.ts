import type { Calibration } from "../bundle/manifest.ts";

/**
 * Calibrated probabilities out of a model's raw ones (each 0..1): softmax over scaled logarithms; see
 * manifest.ts for the two methods. Sums to 1. A raw 0 counts as 1e-7, so that no class is ever impossible.
 */
export function calibrate(raw: ArrayLike<number>, calibration: Calibration): number[] {
  const logits = Array.from(raw, (p, k) => {
    const log = Math.log(Math.max(p, 1e-7));
    if (calibration.method === "temperature") return log / calibration.value;
    return (calibration.weights[k] ?? 1) * log + (calibration.biases[k] ?? 0);
  });
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
