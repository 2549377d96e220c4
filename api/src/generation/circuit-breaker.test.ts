import { expect, test } from "vitest";
import { createCircuitBreaker } from "./circuit-breaker.ts";

test("opens after failures in a row, and a success in between starts the count afresh", () => {
  const { circuit } = breaker();
  circuit.enter()?.fail();
  circuit.enter()?.fail();
  circuit.enter()?.succeed();
  circuit.enter()?.fail();
  circuit.enter()?.fail();
  expect(circuit.state()).toBe("closed");
  circuit.enter()?.fail();
  expect(circuit.state()).toBe("open");
  expect(circuit.enter()).toBeNull();
});

test("lets one probe at a time through when the time is over", () => {
  const { circuit, clock } = opened();
  clock.nowMs = 999;
  expect(circuit.enter()).toBeNull();
  clock.nowMs = 1000;
  expect(circuit.state()).toBe("half_open");
  expect(circuit.enter()).not.toBeNull();
  expect(circuit.enter()).toBeNull();
});

test("a good probe closes it, with the count at nought", () => {
  const { circuit, clock } = opened();
  clock.nowMs = 1000;
  circuit.enter()?.succeed();
  expect(circuit.state()).toBe("closed");
  circuit.enter()?.fail();
  circuit.enter()?.fail();
  expect(circuit.state()).toBe("closed");
});

test("a failed probe keeps it open for another whole time", () => {
  const { circuit, clock } = opened();
  clock.nowMs = 1500;
  circuit.enter()?.fail();
  clock.nowMs = 2499;
  expect(circuit.enter()).toBeNull();
  clock.nowMs = 2500;
  expect(circuit.enter()).not.toBeNull();
});

test("a probe that says nothing makes room for the next one", () => {
  const { circuit, clock } = opened();
  clock.nowMs = 1000;
  circuit.enter()?.release();
  expect(circuit.state()).toBe("half_open");
  expect(circuit.enter()).not.toBeNull();
});

test("calls from before it opened neither close it nor open it longer", () => {
  const { circuit, clock } = breaker();
  const early = [circuit.enter(), circuit.enter()];
  for (let failure = 0; failure < 3; failure += 1) circuit.enter()?.fail();
  clock.nowMs = 500;
  early[0]?.succeed();
  expect(circuit.state()).toBe("open");
  early[1]?.fail();
  clock.nowMs = 1000;
  expect(circuit.state()).toBe("half_open");
});

test("a permit ends once: what is said later does not count", () => {
  const { circuit } = breaker();
  for (let call = 0; call < 3; call += 1) {
    const permit = circuit.enter();
    permit?.release();
    permit?.fail();
  }
  expect(circuit.state()).toBe("closed");
});

function breaker() {
  const clock = { nowMs: 0 };
  return {
    clock,
    circuit: createCircuitBreaker({ failureThreshold: 3, openMs: 1000, nowMs: () => clock.nowMs }),
  };
}

function opened() {
  const opening = breaker();
  for (let failure = 0; failure < 3; failure += 1) opening.circuit.enter()?.fail();
  return opening;
}
