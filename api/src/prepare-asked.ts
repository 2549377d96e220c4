import { detectLanguage } from "@support-it-agent/shared/text/detect-language";
import { type PreparedText, prepareText } from "@support-it-agent/shared/text/prepare-text";
import type { ConversationTurn } from "./generation/generation.ts";

export type PreparedAsked = PreparedText & {
  /** The question alone; `text` has the writer's last turns before it. */
  readonly question: string;
  readonly conversation: readonly ConversationTurn[];
};

/**
 * Prepares a question together with the turns before it, as one text, so that a value has the same placeholder in all of
 * them. What is classified and searched (`text`) is the question after the writer's last two turns: "and on a Mac?" gets
 * its subject from them. The language is the question's, or, where it is shorter than three words, that of `text`.
 */
export function prepareAsked(rawQuestion: string, rawTurns: readonly ConversationTurn[]): PreparedAsked {
  const pieces = [...rawTurns.map((turn) => turn.content), rawQuestion];
  const { text: joined, values } = prepareText(
    pieces.map((piece) => piece.replaceAll(rule, "—")).join(separator),
  );
  const prepared = joined.split(rule).map((piece) => piece.trim());
  const question = prepared.at(-1) ?? "";
  const conversation = rawTurns.map((turn, i) => ({ role: turn.role, content: prepared[i] ?? "" }));
  const earlier = conversation.filter((turn) => turn.role === "user").slice(-2);
  const text = [...earlier.map((turn) => turn.content), question].join("\n").trim();
  const isShort = question.split(/\s+/).length < 3;
  return { text, question, conversation, values, language: detectLanguage(isShort ? text : question) };
}

/** A character that nobody types in a ticket (U+2E3B, three-em dash) stands between the turns. */
const rule = "\u2E3B";
const separator = `\n${rule}\n`;
