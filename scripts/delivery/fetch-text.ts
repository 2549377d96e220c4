import { DeliveryError } from "./delivery-error.ts";

/** One HTTP request and its answer, read to the end. Rejects with DeliveryError (1) where that is not there within `timeoutMs`. */
export async function fetchText(
  address: string | URL,
  { timeoutMs, ...request }: RequestInit & { readonly timeoutMs: number },
): Promise<{ status: number; isOk: boolean; text: string }> {
  try {
    const response = await fetch(address, { ...request, signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, isOk: response.ok, text: await response.text() };
  } catch (cause) {
    throw new DeliveryError(1, `${address} gave no answer. See that it can be reached from here.`, { cause });
  }
}
