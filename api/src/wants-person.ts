/**
 * True where the writer asks for a person instead of an answer ("can I talk to a human", "je veux parler à quelqu'un").
 * A call that went wrong ("nobody answers my calls", "my contact cannot call me") is none. English and French.
 */
export function wantsPerson(text: string): boolean {
  const folded = text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  return patterns.some((pattern) => pattern.test(folded));
}

const someone =
  "(?:an? )?(?:real |actual |live )?(?:human(?: being)?|person|agent|technician|someone|somebody|operator|people)";

const quelquun =
  "(?:un |une |a un |a une |avec un |avec une |a |avec )?(?:vrai |vraie )?(?:humain|personne|agent|technicien|technicienne|conseiller|conseillere|quelqu.un|operateur)";

const patterns = [
  new RegExp(`\\b(?:talk|speak|chat) (?:to|with) ${someone}\\b`),
  new RegExp(`\\b(?:transfer|connect|put) me (?:through )?(?:to|with) ${someone}\\b`),
  new RegExp(
    `\\b(?:i want|i need|i'd like|get me|give me) ${someone}(?: please| now| to (?:help|talk|call|speak)\\b|[.!]*$)`,
  ),
  /\b(?:not a (?:bot|robot|machine)|no (?:bots?|robots?)|stop the bot)\b/,
  /\b(?:call me back|please call me|can (?:someone|somebody) (?:please )?call me)\b/,
  new RegExp(`\\b(?:parler|discuter|echanger) ${quelquun}\\b`),
  new RegExp(`\\b(?:passez|mettez|transferez)[- ]moi (?:en relation )?${quelquun}`),
  /\b(?:pas (?:a |avec )?un (?:robot|bot)|pas une machine)\b/,
  /\b(?:rappelez[- ]moi|pouvez[- ]vous me rappeler|peut[- ]on me rappeler|merci de me rappeler)\b/,
];
