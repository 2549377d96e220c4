/** 95 % interval of a share of `hits` in `trials` (Wilson, Probable inference, JASA 1927); [0, 1] without trials. */
export function wilsonInterval(hits: number, trials: number): [number, number] {
  if (trials === 0) return [0, 1];
  const z2 = 1.959964 ** 2;
  const share = hits / trials;
  const middle = share + z2 / (2 * trials);
  const half = Math.sqrt(z2 * ((share * (1 - share)) / trials + z2 / (4 * trials * trials)));
  const bound = (value: number) => Math.min(1, Math.max(0, value / (1 + z2 / trials)));
  return [bound(middle - half), bound(middle + half)];
}
