import type { Manifest } from "@support-it-agent/shared/bundle/manifest";
import type { Classification } from "@support-it-agent/shared/classifier/classifier";
import { expect, test } from "vitest";
import { checkPythonAgreement, type PythonPrediction } from "./check-python-agreement.ts";

const identity = { method: "temperature", value: 1 } as const;
const manifest = {
  labels: { queue: ["Mail", "Print"], urgency: ["low", "medium", "high"] },
  calibration: { queue: identity, urgency: identity, scope: identity },
} as unknown as Manifest;

const rows = (count: number): PythonPrediction[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `r-${index}`,
    queue: [0.499995, 0.500005],
    urgency: [0.2, 0.3, 0.5],
    scope: [0.9, 0.1],
  }));

function served(mailProbability = 0.499995): Map<string, Classification> {
  const said: Classification = {
    queue: {
      label: "Print",
      confidence: 0.5,
      probabilities: { Mail: mailProbability, Print: 1 - mailProbability },
      abstains: false,
    },
    urgency: {
      label: "high",
      confidence: 0.5,
      probabilities: { low: 0.2, medium: 0.3, high: 0.5 },
      abstains: false,
    },
    outOfScope: { probability: 0.1, isOutOfScope: false },
  };
  return new Map(rows(1_000).map(({ id }) => [id, said]));
}

test("equal probabilities agree, and the largest difference is told", () => {
  const { rows: compared, largest_difference } = checkPythonAgreement(manifest, rows(1_000), served());
  expect(compared).toBe(1_000);
  expect(largest_difference).toBeLessThan(1e-12);
});

test("a probability that is off by more than 1e-5 is refused with its row", () => {
  expect(() => checkPythonAgreement(manifest, rows(1_000), served(0.4999))).toThrow(
    /queue model.*row r-0 differs by 9.5e-5/,
  );
});

test("a flipped label is refused although the numbers are within tolerance", () => {
  expect(() => checkPythonAgreement(manifest, rows(1_000), served(0.500001))).toThrow("has another label");
});

test("fewer than 1,000 rows prove nothing", () => {
  expect(() => checkPythonAgreement(manifest, rows(999), served())).toThrow("at least 1000 are needed");
});
