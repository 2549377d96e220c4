import type { Measured } from "./measurements.ts";

/**
 * A measurement's value, or the message of what kept it from being taken: a check that could not run is a finding of the gate, and none
 * of them keeps the others from running.
 */
export async function attempt<T>(measure: () => Promise<T>): Promise<Measured<T>> {
  try {
    return { value: await measure() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
