/** A source of numbers in 0..1: the same for the same seed (mulberry32, Tommy Ettinger, public domain). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Schema = Readonly<Record<string, unknown>>;
type Random = () => number;

const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  items[Math.floor(random() * items.length)] as Item;

/** Texts that break what was written for "normal" ones. */
const texts = [
  "Mon VPN ne marche pas",
  "The printer shows error 0x80070035",
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "x\udfff",
  "😀".repeat(50),
  "\u202e\u200b\ufeff",
  "'; drop table documents; --",
  "%s%n%_\\",
  "{{7*7}}",
  "null",
  "[EMAIL_1] [1] [99]",
  "a".repeat(5_000),
  "a ".repeat(4_000),
  "\n".repeat(300),
  "__proto__",
  "../../etc/passwd",
  "019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44",
  "2026-11-22T09:30:00Z",
  "9999-12-31T23:59:60+99:99",
  "https://example.org/a",
  "javascript:alert(1)",
] as const;

const anything = [null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, "", [], {}, [[]], { a: { b: 1 } }] as const;

/**
 * A value for a JSON schema. About one in eight parts is wrong on purpose: another type, a bound that is passed, a key that is
 * missing or unknown. References are looked up in `components`.
 */
export function generateValue(
  schema: Schema,
  components: Readonly<Record<string, Schema>>,
  random: Random,
): unknown {
  if (random() < 0.06) return pick(random, anything);
  if (typeof schema.$ref === "string") {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return generateValue(components[name] ?? {}, components, random);
  }
  if (Array.isArray(schema.enum)) return random() < 0.06 ? pick(random, texts) : pick(random, schema.enum);
  const type = Array.isArray(schema.type) ? pick(random, schema.type) : schema.type;
  if (type === "object") return generateObject(schema, components, random);
  if (type === "array") {
    const length = pick(random, [0, 1, 1, 2, 3, Number(schema.maxItems ?? 2) + (random() < 0.1 ? 1 : 0)]);
    return Array.from({ length }, () => generateValue((schema.items ?? {}) as Schema, components, random));
  }
  if (type === "boolean") return random() < 0.5;
  if (type === "integer" || type === "number") {
    const { minimum = 0, maximum = 100 } = schema as { minimum?: number; maximum?: number };
    return pick(random, [
      minimum,
      maximum,
      minimum - 1,
      maximum + 1,
      Math.round((minimum + maximum) / 2),
      1.5,
    ]);
  }
  if (type === "null") return null;
  if (schema.format === "uuid" && random() < 0.8) return "019ab8f4-7c1e-7b36-9d0a-3c5e1f7a2b44";
  return pick(random, texts);
}

function generateObject(schema: Schema, components: Readonly<Record<string, Schema>>, random: Random) {
  const object: Record<string, unknown> = {};
  const required = new Set((schema.required as readonly string[] | undefined) ?? []);
  for (const [key, value] of Object.entries((schema.properties ?? {}) as Record<string, Schema>)) {
    if (random() < (required.has(key) ? 0.96 : 0.5)) object[key] = generateValue(value, components, random);
  }
  if (random() < 0.04) Object.defineProperty(object, pick(random, texts), { value: 1, enumerable: true });
  return object;
}
