import type { Random } from "./seeded-random.ts";

/**
 * The name of a thing as tickets and articles hold them: a host, a site or application, an error code, an update, a version, the
 * number of a ticket. Few are frequent and most are rare (rank = size * u^3), as names are.
 */
export function identifier(random: Random): string {
  const rank = (size: number) => Math.floor(size * random.next() ** 3);
  switch (random.between(0, 5)) {
    case 0:
      return `${["SRV", "PRN", "SW", "PC", "NAS", "AP"][rank(6)]}-${["PAR", "LYO", "LON", "BRU"][rank(4)]}-${rank(900)}`;
    case 1:
      return nameOf(rank(20_000));
    case 2:
      return `0x8${(0x0070000 + rank(6_000) * 7).toString(16).padStart(7, "0")}`;
    case 3:
      return `KB50${10_000 + rank(9_000)}`;
    case 4:
      return `${20 + rank(6)}.${rank(12)}.${rank(4_000)}`;
    default:
      return `INC00${40_000 + rank(50_000)}`;
  }
}

/** An invented name of two to four syllables; a number has one name. */
function nameOf(number: number): string {
  const syllables = [
    "ka",
    "lo",
    "ven",
    "tri",
    "mar",
    "sol",
    "ne",
    "du",
    "bex",
    "ar",
    "io",
    "pan",
    "qui",
    "ros",
    "ze",
    "tam",
  ];
  let name = "";
  for (let rest = number + syllables.length; rest > 0; rest = Math.floor(rest / syllables.length)) {
    name = `${syllables[rest % syllables.length]}${name}`;
  }
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
