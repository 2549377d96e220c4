/** Collects the fields of one protobuf message. */
export type ProtobufWriter = {
  /** A varint field: int32, int64, enum. The value is a whole number of 0 or more, or a negative int64. */
  integer(field: number, value: number): void;
  /** A fixed 32-bit field: float. */
  float(field: number, value: number): void;
  /** A length-delimited field: string (UTF-8). */
  text(field: number, value: string): void;
  /** A length-delimited field: bytes, or a message that is finished. */
  bytes(field: number, value: Uint8Array): void;
  /** The message so far. */
  finish(): Uint8Array<ArrayBuffer>;
};

/**
 * A writer for the protobuf wire format, as much of it as an ONNX model needs.
 * Source: https://protobuf.dev/programming-guides/encoding/ (wire types 0, 2 and 5).
 */
export function createProtobufWriter(): ProtobufWriter {
  const parts: Uint8Array[] = [];
  const tag = (field: number, wireType: number): void => {
    parts.push(varint(BigInt((field << 3) | wireType)));
  };
  const bytes = (field: number, value: Uint8Array): void => {
    tag(field, 2);
    parts.push(varint(BigInt(value.length)), value);
  };
  return {
    integer: (field, value) => {
      tag(field, 0);
      parts.push(varint(BigInt.asUintN(64, BigInt(value))));
    },
    float: (field, value) => {
      tag(field, 5);
      const four = new Uint8Array(4);
      new DataView(four.buffer).setFloat32(0, value, true);
      parts.push(four);
    },
    text: (field, value) => bytes(field, new TextEncoder().encode(value)),
    bytes,
    finish: () => concatenate(parts),
  };
}

function varint(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
