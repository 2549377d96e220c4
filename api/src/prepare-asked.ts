import { detectLanguage, type Language } from "@support-it-agent/shared/text/detect-language";
import { partSeparator } from "@support-it-agent/shared/text/part-separator";
import { type PreparedText, prepareText } from "@support-it-agent/shared/text/prepare-text";
import { closesConversation } from "./closes-conversation.ts";
import type { ConversationTurn } from "./generation/generation.ts";
import { greetsOnly } from "./greets-only.ts";
import { changesTopic, isElliptical } from "./is-elliptical.ts";
import { wantsPerson } from "./wants-person.ts";

export type PreparedAsked = PreparedText & {
  /** The question alone. `text`, which is classified and searched, is the same, unless the question needs what came before. */
  readonly question: string;
  /** The question behind the writer's earlier words on its subject; null where there are none, or it is about something else. */
  readonly inContext: string | null;
  readonly conversation: readonly ConversationTurn[];
};

/**
 * Prepares a question together with the turns before it, as one text, so that a value has the same placeholder in all of
 * them. An elliptical question ("and on a Mac?") is classified and searched behind the writer's own last words, and so is a wish for a
 * person, who reads what it was about; any other by itself, so that a new subject is not taken for the old one. The language is the question's; where it is shorter than three words and not plainly French,
 * that of question and earlier words.
 */
export function prepareAsked(rawQuestion: string, rawTurns: readonly ConversationTurn[]): PreparedAsked {
  const pieces = [...rawTurns.map((turn) => turn.content), rawQuestion];
  const { text: joined, values } = prepareText(
    pieces.map((piece) => piece.replaceAll(partSeparator, "—")).join(`\n${partSeparator}\n`),
  );
  const prepared = joined.split(partSeparator).map((piece) => piece.trim());
  const question = prepared.at(-1) ?? "";
  const conversation = rawTurns.map((turn, i) => ({ role: turn.role, content: prepared[i] ?? "" }));
  const asked = conversation.filter((turn) => turn.role === "user").map((turn) => turn.content);
  // Most questions have nothing before them, and are not read for what they lack.
  const context = lastSubject(asked.filter(saysSomething));
  const hasContext = context.length > 0 && !changesTopic(question);
  const inContext = hasContext ? [...context, question].join("\n").trim() : null;
  const needsContext = inContext !== null && (isElliptical(question) || wantsPerson(question));
  const text = needsContext ? inContext : question;
  return { text, question, inContext, conversation, values, language: languageOf(question, asked) };
}

/** Of the writer's earlier turns the last one, and where that is elliptical as well, the one before it. */
function lastSubject(turns: readonly string[]): readonly string[] {
  const [last] = turns.slice(-1);
  return last !== undefined && isElliptical(last) ? turns.slice(-2) : turns.slice(-1);
}

const saysSomething = (turn: string) =>
  turn !== "" && !greetsOnly(turn) && !closesConversation(turn, { isFollowUp: true }) && !wantsPerson(turn);

/** "merci" is French in any conversation; "ok" or "VPN" is what the others were. */
function languageOf(question: string, earlier: readonly string[]): Language {
  const alone = detectLanguage(question);
  const isShort = question.split(/\s+/).length < 3;
  return isShort && alone !== "fr" ? detectLanguage([...earlier.slice(-2), question].join("\n")) : alone;
}
