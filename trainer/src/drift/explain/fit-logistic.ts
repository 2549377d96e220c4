/** Ridge on the weights per row, gradient steps, and their momentum: enough for vectors of one length to separate what can be. */
const [ridge, steps, momentum] = [1e-3, 120, 0.9];

/**
 * Logistic regression with a ridge by gradient descent with Nesterov's momentum (1983), sides weighing alike however many rows each has. Returns
 * the logit of a vector. The step is 1 over a bound of the curvature, (mean squared length + 1) / 4, so it never diverges.
 */
export function fitLogistic(
  vectors: readonly Float32Array[],
  labels: readonly boolean[],
): (vector: Float32Array) => number {
  const dimensions = vectors[0]?.length ?? 0;
  const positives = labels.filter(Boolean).length;
  const share = { true: 0.5 / positives, false: 0.5 / (labels.length - positives) };
  let [weights, bias] = [new Float64Array(dimensions), 0];
  let [speed, biasSpeed] = [new Float64Array(dimensions), 0];
  const squares = vectors.reduce(
    (sum, vector) => sum + vector.reduce((total, value) => total + value * value, 0),
    0,
  );
  const rate = 1 / ((squares / vectors.length + 1) / 4 + ridge);
  for (let step = 0; step < steps; step += 1) {
    const ahead = weights.map((weight, k) => weight + momentum * (speed[k] ?? 0));
    const biasAhead = bias + momentum * biasSpeed;
    const gradient = ahead.map((weight) => ridge * weight);
    let biasGradient = 0;
    for (const [row, vector] of vectors.entries()) {
      const isPositive = labels[row] === true;
      const probability = 1 / (1 + Math.exp(-dot(ahead, vector) - biasAhead));
      const error = (probability - (isPositive ? 1 : 0)) * (isPositive ? share.true : share.false);
      biasGradient += error;
      for (let k = 0; k < dimensions; k += 1) gradient[k] = (gradient[k] ?? 0) + error * (vector[k] ?? 0);
    }
    speed = speed.map((value, k) => momentum * value - rate * (gradient[k] ?? 0));
    biasSpeed = momentum * biasSpeed - rate * biasGradient;
    weights = weights.map((weight, k) => weight + (speed[k] ?? 0));
    bias += biasSpeed;
  }
  return (vector) => dot(weights, vector) + bias;
}

function dot(weights: Float64Array, vector: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k += 1) sum += (weights[k] ?? 0) * (vector[k] ?? 0);
  return sum;
}
