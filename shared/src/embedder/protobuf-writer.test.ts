import { expect, it } from "vitest";
import { createProtobufWriter } from "./protobuf-writer.ts";

it("writes the bytes of the encoding guide's examples", () => {
  // https://protobuf.dev/programming-guides/encoding/: field 1 = 150 is 08 96 01, field 2 = "testing" is 12 07 ...
  const message = createProtobufWriter();
  message.integer(1, 150);
  message.text(2, "testing");
  const outer = createProtobufWriter();
  outer.bytes(3, message.finish().subarray(0, 3));
  outer.integer(1, -2);
  outer.float(5, 1);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  expect(hex(message.finish())).toBe("089601120774657374696e67");
  expect(hex(outer.finish())).toBe("1a0308960108feffffffffffffffff012d0000803f");
});
