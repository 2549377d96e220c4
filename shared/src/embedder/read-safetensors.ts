import { z } from "zod";

/** Where one tensor lies: element type, shape, and its bytes counted from the start of the file. */
export type TensorPlace = {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly offsetBytes: number;
  readonly lengthBytes: number;
};

const byteCount = z.int().nonnegative();
const headerSchema = z
  .object({ __metadata__: z.record(z.string(), z.string()).optional() })
  .catchall(
    z.object({ dtype: z.string(), shape: z.array(byteCount), data_offsets: z.tuple([byteCount, byteCount]) }),
  );

/**
 * The table of contents of a safetensors file: 8 bytes with the header's length (little endian), the
 * header as JSON, then the tensors. `start` is the file from its beginning, at least the whole header;
 * `fileBytes` is the length of the whole file. Throws when the file is cut or is no safetensors file.
 * Source: https://github.com/huggingface/safetensors#format
 */
export function readSafetensors(start: Uint8Array, fileBytes: number): ReadonlyMap<string, TensorPlace> {
  const header = parseHeader(start);
  const dataStart = 8 + headerLength(start);
  const places = new Map<string, TensorPlace>();
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [begin, end],
    },
  ] of Object.entries(header)) {
    if (end < begin || dataStart + end > fileBytes) {
      throw new Error(`The weights are cut off: ${name} ends at byte ${dataStart + end} of ${fileBytes}.`);
    }
    places.set(name, { dtype, shape, offsetBytes: dataStart + begin, lengthBytes: end - begin });
  }
  return places;
}

function parseHeader(start: Uint8Array) {
  const json = start.subarray(8, 8 + headerLength(start));
  try {
    const { __metadata__, ...tensors } = headerSchema.parse(
      JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json)),
    );
    return tensors;
  } catch (cause) {
    throw new Error("The weights are no safetensors file: their header does not parse.", { cause });
  }
}

function headerLength(start: Uint8Array): number {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const length = start.length < 8 ? Number.NaN : Number(view.getBigUint64(0, true));
  if (!(length <= start.length - 8)) {
    throw new Error(`The weights are no safetensors file: ${start.length} bytes hold no whole header.`);
  }
  return length;
}
