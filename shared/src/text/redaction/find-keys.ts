import { partSeparator } from "../part-separator.ts";
import type { Span } from "./span.ts";

/**
 * Secrets by their shape: PEM, SSH2 and PuTTY blocks, JWTs, Bearer and Basic headers, cookies, keys after "api key =" and the like,
 * secrets in a URL's query, product keys (5 x 5), BitLocker recovery keys (8 x 6 digits), the best known vendors' prefixes, and any
 * long run that looks random. UUIDs stay, with dashes or, after "correlation id" and the like, without; so do digests that a word
 * before names ("sha256: ...", "md5 ...", "commit ...").
 */
export function findKeys(text: string): Span[] {
  return [
    ...findBlocks(text),
    ...shapes.flatMap((shape) => findShape(text, shape)),
    ...findCookies(text),
    ...findRandomRuns(text),
  ];
}

/** PEM and SSH2 blocks and PuTTY's private keys; one without its last line goes to the end of the text, or of its part of it. */
function findBlocks(text: string): Span[] {
  const spans: Span[] = [];
  let offset = 0;
  for (const part of text.split(partSeparator)) {
    let end = 0;
    for (const { index, 0: head } of part.matchAll(blockHeads)) {
      if (index < end) continue;
      const foot = head.startsWith("PuTTY") ? puttyFoot : blockFoot;
      foot.lastIndex = index + head.length;
      const found = foot.exec(part);
      end = found ? found.index + found[0].length : part.trimEnd().length;
      spans.push({ start: offset + index, end: offset + end, type: "KEY" });
    }
    offset += part.length + partSeparator.length;
  }
  return spans;
}

const blockHeads = /-{4,5} ?BEGIN [A-Z0-9 ]{1,40}-{4,5}|PuTTY-User-Key-File-\d:/g;
const blockFoot = /-{4,5} ?END [^\n-]{0,60}-{4,5}/g;
const puttyFoot = /Private-(?:MAC|Hash): ?[\dA-Fa-f]{0,128}/g;

/** Each pattern's group "key", or the whole match where there is none, is the secret. */
const shapes: readonly RegExp[] = [
  // JWT: header and payload start as the base64url of {"
  /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/dg,
  /\bauthorization["']?[ ]?[:=][ ]?["']?(?:bearer|basic|token|apikey|digest)[ ]{1,2}(?<key>[\w.~+/=-]{6,})/dgi,
  /\b(?:bearer|basic)[ ]{1,2}(?<key>(?=[A-Za-z._~+/=-]{0,200}\d)[\w.~+/=-]{16,})/dgi,
  /(?<![\p{L}\p{N}])(?:api|access|secret|private|client|account|shared|auth|refresh|session)[ _-]?(?:api|access|secret)?[ _-]?(?:key|token|secret|cookie)["']?[ ]{0,2}(?:=>?|:(?=[ ]{0,2}["']?(?:[\w.~+/=-]{0,200}[\d"']|[\w.~+/=-]{16}))|(?:is|est)(?=[ ][\w.~+/=-]{0,200}\d))[ ]{0,2}["']?(?<key>[\w.~+/=-]{8,})/dgiu,
  /(?<![\p{L}\p{N}])(?:token|secret|cl[eé] (?:d['’])?api|jeton)["']?(?:[ ]{0,2}[:=][ ]{0,2}| est | is )["']?(?<key>(?=[A-Za-z._~+/=-]{0,200}\d)[\w.~+/=-]{8,})/dgiu,
  /[?&](?:access_?token|id_?token|token|api_?key|key|sig|signature|secret|client_secret|password|passwd|pwd|pass|auth|code|session|sessionid|sid)=(?<key>[^\s&#"'<>[\]]{4,})/dgi,
  // product keys, BitLocker recovery keys
  /(?<![\p{L}\p{N}-])(?:[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}|(?=[a-z0-9]{5}-)(?=(?:[a-z-]{0,28}\d){2})[a-z0-9]{5}(?:-[a-z0-9]{5}){4})(?![\p{L}\p{N}-])/dgu,
  /(?<![\p{L}\p{N}-])(?:\d{6}(?:-\d{6}){7}|\d{6}(?: \d{6}){7}|\d{48})(?![\p{L}\p{N}-])/dgu,
  // a session's number, a Slack webhook
  /\b(?:JSESSIONID|PHPSESSID|ASP\.NET_SessionId|connect\.sid|session_?id|sid)=(?<key>[\w.%~+/=:-]{8,})/dgi,
  /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<key>[\w/-]{8,200})/dgi,
  // npm, Hugging Face, SendGrid, Stripe webhooks, Google OAuth, DigitalOcean
  /(?<![\p{L}\p{N}_-])(?:npm_\w{30,255}|hf_\w{20,255}|SG\.[\w-]{10,64}\.[\w-]{16,128}|whsec_\w{16,255}|ya29\.[\w-]{16,512}|do[opr]_v1_[a-f\d]{32,128})/dgu,
  // AWS, GitHub, GitLab, Slack, Stripe and OpenAI, Google
  /(?<![\p{L}\p{N}_-])(?:(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{16,255}|xox[abeprs]-[\w-]{10,255}|[spr]k[_-](?:live|test|proj)[_-][\w-]{8,255}|sk-[\w-]{20,255}|AIza[\w-]{35})/dgu,
];

function findShape(text: string, shape: RegExp): Span[] {
  return Array.from(text.matchAll(shape), (match): Span => {
    const [start, end] = match.indices?.groups?.key ?? match.indices?.[0] ?? [match.index, match.index];
    return { start, end, type: "KEY" };
  });
}

/** The values of a cookie header that are long and have a digit. */
function findCookies(text: string): Span[] {
  const spans: Span[] = [];
  for (const header of text.matchAll(/\b(?:set-)?cookie["']?: ?(?<pairs>[^\n]{0,4096})/dgi)) {
    const [start] = header.indices?.groups?.pairs ?? [header.index];
    for (const match of (header.groups?.pairs ?? "").matchAll(cookieValue)) {
      const [from, to] = match.indices?.groups?.key ?? [match.index, match.index];
      spans.push({ start: start + from, end: start + to, type: "KEY" });
    }
  }
  return spans;
}

const cookieValue = /(?<![\w.-])[\w.-]{1,64}=(?<key>(?=[^\s;,"'\d[\]]{0,64}\d)[^\s;,"'[\]]{8,})/dg;

function findRandomRuns(text: string): Span[] {
  const spans: Span[] = [];
  for (const { index, 0: run } of text.matchAll(/(?<![\w+/=-])[\w+/-]{20,}={0,2}/g)) {
    const before = text.slice(Math.max(0, index - 40), index);
    if (uuid.test(run) || digestWord.test(before)) continue;
    if (/^[\dA-Fa-f]{32}$/.test(run) && idWord.test(before)) continue;
    if (isHexSecret(run) || isRandom(run)) spans.push({ start: index, end: index + run.length, type: "KEY" });
  }
  return spans;
}

const uuid = /[\dA-Fa-f]{8}-(?:[\dA-Fa-f]{4}-){3}[\dA-Fa-f]{12}/;

/** Before a digest: the name of the function, or a word for a fingerprint, with little between. */
const digestWord =
  /(?:sha-?(?:1|2|3|224|256|384|512)?|md5|hash|checksum|digest|fingerprint|thumbprint|empreinte|commit|condensat)\b[^\p{L}\p{N}]{0,6}(?:(?:is|est|of|de)[^\p{L}\p{N}]{1,3})?$/iu;

/** Before a UUID without dashes. */
const idWord =
  /(?:(?:correlation|request|trace|activity|transaction|operation|tenant|message|error|erreur|device|object|conversation|corr[eé]lation|requ[eê]te|event|span|run|job)[ _-]?(?:id|identifier|guid)?|guid|uuid|id de (?:corr[eé]lation|requ[eê]te|la requ[eê]te|l['’]erreur))["']?[ :=#(]{1,4}$/iu;

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
