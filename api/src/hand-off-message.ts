import type { HandOffReason } from "./answer.ts";
import { closesConversation } from "./closes-conversation.ts";
import { greetsOnly } from "./greets-only.ts";

/**
 * What the writer of `question` reads when a person takes over: that it happens, who, and what helps meanwhile. Who only says hello is
 * greeted, and who gives thanks or says that it works gets a short word back. In French for a French question, else in English.
 */
export function handOffMessage(
  reason: HandOffReason,
  { question, isFollowUp, queue, language }: Asked,
): string {
  const messages = language === "fr" ? french : english;
  if (reason !== "out_of_scope") return messages[reason](queue);
  if (closesConversation(question, { isFollowUp })) return messages.closing(queue);
  return messages[greetsOnly(question) ? "greeting" : reason](queue);
}

type Asked = {
  readonly question: string;
  /** True where something was said before it. */
  readonly isFollowUp: boolean;
  readonly queue: string;
  readonly language: string;
};

type Messages = Readonly<Record<HandOffReason | "greeting" | "closing", (queue: string) => string>>;

const english: Messages = {
  low_confidence: (queue) =>
    `I am not sure enough of what this is about to answer it myself, so I am handing it to a person (proposed team: ${queue}). ` +
    "It helps to add what you were doing, the exact message on the screen, and since when.",
  missing_knowledge: (queue) =>
    `The knowledge base has nothing reliable on this, so I am handing it to the team ${queue}. ` +
    "It helps to add the name of the device or application, the exact message, and how many people are affected.",
  out_of_scope: () =>
    "I answer questions about IT: computers, printers, the network, applications, accounts. This does not look like one. " +
    "If it is, tell me what does not work; else the person or department in charge can help you.",
  greeting: () =>
    "Hello! I help with computers, printers, the network, applications and accounts. " +
    "Tell me what does not work or what you need, on which device, and since when.",
  closing: () => "You're welcome! If anything else does not work, or this comes back, just tell me.",
  user_request: (queue) =>
    `You asked for a person: I am handing this to the team ${queue}. ` +
    "It helps to add how to reach you and until when.",
  generation_unavailable: (queue) =>
    `I cannot look up or write an answer at the moment, so I am handing this to the team ${queue}. ` +
    "Asking again in a few minutes may be enough.",
};

const french: Messages = {
  low_confidence: (queue) =>
    `Je ne suis pas assez sûr du sujet pour répondre moi-même : je transmets à une personne (équipe proposée : ${queue}). ` +
    "Précisez si possible ce que vous faisiez, le message exact à l'écran et depuis quand.",
  missing_knowledge: (queue) =>
    `La base de connaissances ne contient rien de fiable à ce sujet : je transmets à l'équipe ${queue}. ` +
    "Précisez si possible le nom de l'appareil ou de l'application, le message exact et le nombre de personnes touchées.",
  out_of_scope: () =>
    "Je réponds aux questions d'informatique : ordinateurs, imprimantes, réseau, applications, comptes. " +
    "Celle-ci n'en semble pas une. Si c'en est une, dites-moi ce qui ne marche pas ; sinon, adressez-vous au service concerné.",
  greeting: () =>
    "Bonjour ! J'aide pour les ordinateurs, les imprimantes, le réseau, les applications et les comptes. " +
    "Dites-moi ce qui ne marche pas ou ce qu'il vous faut, sur quel appareil et depuis quand.",
  closing: () => "Avec plaisir ! Si autre chose ne marche pas, ou si cela revient, dites-le-moi.",
  user_request: (queue) =>
    `Vous avez demandé une personne : je transmets à l'équipe ${queue}. ` +
    "Précisez si possible comment et jusqu'à quand vous joindre.",
  generation_unavailable: (queue) =>
    `Je ne peux ni chercher ni rédiger de réponse pour le moment : je transmets à l'équipe ${queue}. ` +
    "Reposer la question dans quelques minutes peut suffire.",
};
