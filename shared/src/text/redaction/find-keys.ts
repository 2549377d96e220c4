import type { Span } from "./span.ts";

/**
 * Secrets by their shape: PEM blocks, JWTs, Bearer and Basic headers, keys after "api key =" and the like, secrets in a URL's
 * query, product keys (5 x 5), BitLocker recovery keys (8 x 6 digits), the best known vendors' prefixes, and any long run that
 * looks random. UUIDs stay, and so do digests that a word before names ("sha256: ...", "md5 ...", "commit ...").
 */
export function findKeys(text: string): Span[] {
  return [
    ...findPemBlocks(text),
    ...shapes.flatMap((shape) => findShape(text, shape)),
    ...findRandomRuns(text),
  ];
}

function findPemBlocks(text: string): Span[] {
  const spans: Span[] = [];
  for (const { index, 0: head } of text.matchAll(/-----BEGIN [A-Z0-9 ]{1,40}-----/g)) {
    const last = spans.at(-1);
    if (last && index < last.end) continue;
    const foot = text.indexOf("-----END ", index + head.length);
    const end = foot === -1 ? text.length : text.indexOf("-----", foot + 9);
    spans.push({ start: index, end: foot === -1 || end === -1 ? text.length : end + 5, type: "KEY" });
  }
  return spans;
}

/** Each pattern's group "key", or the whole match where there is none, is the secret. */
const shapes: readonly RegExp[] = [
  // JWT: header and payload start as the base64url of {"
  /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/dg,
  /\b(?:bearer|basic)[ ]{1,2}(?<key>(?=[A-Za-z._~+/=-]{0,200}\d)[\w.~+/=-]{16,})/dgi,
  /(?<![\p{L}\p{N}])(?:api|access|secret|private|client|account|shared|auth|refresh|session)[ _-]?(?:api|access|secret)?[ _-]?(?:key|token|secret|cookie)["']?[ ]{0,2}(?:[:=]|=>|(?:is|est)(?=[ ][\w.~+/=-]{0,200}\d))[ ]{0,2}["']?(?<key>[\w.~+/=-]{8,})/dgiu,
  /(?<![\p{L}\p{N}])(?:token|secret|cl[eé] api|jeton)["']?[ ]{0,2}[:=][ ]{0,2}["']?(?<key>(?=[A-Za-z._~+/=-]{0,200}\d)[\w.~+/=-]{8,})/dgiu,
  /[?&](?:access_?token|id_?token|token|api_?key|key|sig|signature|secret|client_secret|password|passwd|pwd|pass|auth|code|session|sessionid|sid)=(?<key>[^\s&#"'<>[\]]{4,})/dgi,
  // product keys, BitLocker recovery keys
  /(?<![\p{L}\p{N}-])[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}(?![\p{L}\p{N}-])/dgu,
  /(?<![\p{L}\p{N}-])\d{6}(?:-\d{6}){7}(?![\p{L}\p{N}-])/dgu,
  // AWS, GitHub, GitLab, Slack, Stripe and OpenAI, Google
  /(?<![\p{L}\p{N}_-])(?:(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{16,255}|xox[abeprs]-[\w-]{10,255}|[spr]k[_-](?:live|test|proj)[_-][\w-]{8,255}|sk-[\w-]{20,255}|AIza[\w-]{35})/dgu,
];

function findShape(text: string, shape: RegExp): Span[] {
  return Array.from(text.matchAll(shape), (match): Span => {
    const [start, end] = match.indices?.groups?.key ?? match.indices?.[0] ?? [match.index, match.index];
    return { start, end, type: "KEY" };
  });
}

function findRandomRuns(text: string): Span[] {
  const spans: Span[] = [];
  for (const { index, 0: run } of text.matchAll(/(?<![\w+/=-])[\w+/-]{20,}={0,2}/g)) {
    if (uuid.test(run) || digestWord.test(text.slice(Math.max(0, index - 40), index))) continue;
    if (isHexSecret(run) || isRandom(run)) spans.push({ start: index, end: index + run.length, type: "KEY" });
  }
  return spans;
}

const uuid = /[\dA-Fa-f]{8}-(?:[\dA-Fa-f]{4}-){3}[\dA-Fa-f]{12}/;

/** Before a digest: the name of the function, or a word for a fingerprint, with little between. */
const digestWord =
  /(?:sha-?(?:1|2|3|224|256|384|512)?|md5|hash|checksum|digest|fingerprint|thumbprint|empreinte|commit|condensat)\b[^\p{L}\p{N}]{0,6}(?:(?:is|est|of|de)[^\p{L}\p{N}]{1,3})?$/iu;

function isHexSecret(run: string): boolean {
  return run.length >= 32 && /^[\dA-Fa-f]+$/.test(run) && /[A-Fa-f]/.test(run) && /\d/.test(run);
}

/** Upper case, lower case and digits in constant alternation, as no identifier or path has: base64 and its like. */
function isRandom(run: string): boolean {
  if (run.length < 24 || run.startsWith("/")) return false;
  let digitChanges = 0;
  let caseChanges = 0;
  let before = "";
  for (const character of run) {
    const kind = /\d/.test(character)
      ? "digit"
      : /[a-z]/.test(character)
        ? "lower"
        : /[A-Z]/.test(character)
          ? "upper"
          : "";
    if (before !== "" && kind !== "" && kind !== before) {
      if (kind === "digit" || before === "digit") digitChanges += 1;
      else caseChanges += 1;
    }
    before = kind;
  }
  return digitChanges >= 3 && caseChanges >= 4 && (digitChanges + caseChanges) * 2.6 >= run.length;
}
