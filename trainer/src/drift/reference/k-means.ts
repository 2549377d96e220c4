import type { Random } from "../seeded-random.ts";

/** Centroids, `count` of them, one after the other in `values`, `dimensions` numbers each. */
export type Centroids = {
  readonly values: Float32Array;
  readonly count: number;
  readonly dimensions: number;
};

/**
 * k-means: k-means++ seeding (Arthur and Vassilvitskii, 2007), then Lloyd's steps (1982) until nothing moves or `steps` are done.
 * Squared Euclidean distance. With fewer distinct vectors than `count` there are as many centroids. A centroid that loses all its
 * vectors stays where it is. O(steps * count * n * dimensions). Throws RangeError without vectors.
 */
export function kMeans(
  vectors: readonly Float32Array[],
  count: number,
  random: Random,
  steps = 20,
): Centroids {
  const dimensions = vectors[0]?.length ?? 0;
  if (dimensions === 0) throw new RangeError("k-means needs vectors.");
  let centroids = seed(vectors, count, dimensions, random);
  let before = new Int32Array(vectors.length).fill(-1);
  for (let step = 0; step < steps; step += 1) {
    const owners = Int32Array.from(vectors, (vector) => nearestCentroid(vector, centroids).index);
    if (owners.every((owner, row) => owner === before[row])) break;
    centroids = means(vectors, owners, centroids);
    before = owners;
  }
  return centroids;
}

/** The nearest centroid of a vector, and the squared distance to it. */
export function nearestCentroid(
  vector: Float32Array,
  { values, count, dimensions }: Centroids,
): { index: number; distance: number } {
  let [index, least] = [0, Number.POSITIVE_INFINITY];
  for (let c = 0; c < count; c += 1) {
    const start = c * dimensions;
    let distance = 0;
    for (let k = 0; k < dimensions; k += 1) {
      const gap = (vector[k] ?? 0) - (values[start + k] ?? 0);
      distance += gap * gap;
    }
    if (distance < least) [index, least] = [c, distance];
  }
  return { index, distance: least };
}

/** nearestCentroid, which places the same vector object once however often it is asked for. */
export function rememberNearest(
  centroids: Centroids,
): (vector: Float32Array) => { index: number; distance: number } {
  const known = new WeakMap<Float32Array, { index: number; distance: number }>();
  return (vector) => {
    const before = known.get(vector);
    if (before) return before;
    const nearest = nearestCentroid(vector, centroids);
    known.set(vector, nearest);
    return nearest;
  };
}

/** Each next centroid is a vector drawn with probability proportional to its squared distance from those there are. */
function seed(
  vectors: readonly Float32Array[],
  count: number,
  dimensions: number,
  random: Random,
): Centroids {
  const chosen: Float32Array[] = [];
  const distances = new Float64Array(vectors.length).fill(Number.POSITIVE_INFINITY);
  let next = vectors[Math.floor(random() * vectors.length)];
  while (next && chosen.length < count) {
    chosen.push(next);
    const newest = { values: next, count: 1, dimensions };
    let total = 0;
    for (const [row, vector] of vectors.entries()) {
      const distance = Math.min(distances[row] ?? 0, nearestCentroid(vector, newest).distance);
      distances[row] = distance;
      total += distance;
    }
    if (total === 0) break;
    let place = random() * total;
    const drawn = distances.findIndex((distance) => {
      place -= distance;
      return place < 0;
    });
    next = vectors[drawn < 0 ? vectors.length - 1 : drawn];
  }
  const values = new Float32Array(chosen.length * dimensions);
  for (const [c, vector] of chosen.entries()) values.set(vector, c * dimensions);
  return { values, count: chosen.length, dimensions };
}

function means(vectors: readonly Float32Array[], owners: Int32Array, centroids: Centroids): Centroids {
  const { count, dimensions } = centroids;
  const sums = new Float64Array(count * dimensions);
  const sizes = new Float64Array(count);
  for (const [row, vector] of vectors.entries()) {
    const owner = owners[row] ?? 0;
    sizes[owner] = (sizes[owner] ?? 0) + 1;
    for (let k = 0; k < dimensions; k += 1) {
      const at = owner * dimensions + k;
      sums[at] = (sums[at] ?? 0) + (vector[k] ?? 0);
    }
  }
  const values = Float32Array.from(sums, (sum, at) => {
    const size = sizes[Math.floor(at / dimensions)] ?? 0;
    return size === 0 ? (centroids.values[at] ?? 0) : sum / size;
  });
  return { values, count, dimensions };
}
