import { expect, test } from "vitest";
import { splitGroupsEvenly } from "../../scripts/evaluation/split-groups-evenly.ts";

const rows = Array.from({ length: 600 }, (_, index) => ({
  id: `r-${String(index).padStart(3, "0")}`,
  // Every tenth group has seven rows, the others one.
  group: index % 10 < 7 && index < 300 ? `g-${Math.floor(index / 10)}` : `single-${index}`,
  stratum: index % 4 === 0 ? "rare" : "common",
}));

test("a group stays together, and parts are alike in size and in strata", () => {
  const parts = splitGroupsEvenly(rows, 5, 1);
  const partsOfGroup = Map.groupBy(rows.keys(), (index) => rows[index]!.group);
  for (const members of partsOfGroup.values()) {
    expect(new Set([...members].map((index) => parts[index])).size).toBe(1);
  }
  for (const stratum of ["rare", "common"]) {
    const whole = rows.filter((row) => row.stratum === stratum).length;
    for (let part = 0; part < 5; part += 1) {
      const found = rows.filter((row, index) => row.stratum === stratum && parts[index] === part).length;
      expect(Math.abs(found - whole / 5)).toBeLessThanOrEqual(2);
    }
  }
});

test("the parts do not depend on the order of rows, and do on the seed", () => {
  const partOf = (seed: number, of = rows) => {
    const parts = splitGroupsEvenly(of, 5, seed);
    return new Map(of.map(({ id }, index) => [id, parts[index]]).sort() as [string, number][]);
  };
  expect(partOf(1, rows.toReversed())).toEqual(partOf(1));
  expect(partOf(2)).not.toEqual(partOf(1));
});
