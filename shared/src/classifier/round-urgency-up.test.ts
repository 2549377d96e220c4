import { expect, test } from "vitest";
import { urgencies } from "../labels.ts";
import { chooseLabel } from "./choose-label.ts";
import { roundUrgencyUp } from "./round-urgency-up.ts";

const thresholds = { low: 0.6, medium: 0.6, high: 0.6 };
const rounded = (...probabilities: number[]) =>
  roundUrgencyUp(chooseLabel(urgencies, probabilities, thresholds), 0.25);

test("a sure urgency stays, whatever the others are", () => {
  expect(rounded(0.7, 0, 0.3)).toMatchObject({ label: "low", confidence: 0.7, abstains: false });
});

test("an unsure low becomes medium, an unsure medium high, where these are probable enough", () => {
  expect(rounded(0.5, 0.4, 0.1)).toMatchObject({ label: "medium", confidence: 0.4, abstains: true });
  expect(rounded(0.2, 0.5, 0.3)).toMatchObject({ label: "high", confidence: 0.3, abstains: true });
});

test("an unsure low goes past medium where high is the more probable", () => {
  expect(rounded(0.4, 0.25, 0.35)).toMatchObject({ label: "high", abstains: true });
});

test("an unsure urgency stays where no higher one has the share", () => {
  expect(rounded(0.55, 0.23, 0.22)).toMatchObject({ label: "low", abstains: true });
  expect(rounded(0.1, 0.31, 0.59)).toMatchObject({ label: "high", confidence: 0.59, abstains: true });
});
