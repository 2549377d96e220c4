import { createKeywordCounter } from "@support-it-agent/shared/features/count-keywords";
import { keywordGroups } from "@support-it-agent/shared/features/keyword-groups";
import { foldText } from "@support-it-agent/shared/text/fold-text";

/**
 * True where a question cannot be understood without what was said before: "and on a Mac?", "ça ne marche toujours pas", "I tried
 * that and it says the same". One that names its own subject can, and so can one that says it is about something else. English and French.
 */
export function isElliptical(question: string): boolean {
  if (changesTopic(question)) return false;
  const words = foldText(question).match(/[\p{L}\p{N}]+/gu) ?? [];
  const text = words.join(" ");
  if (leadingPlace.test(text) && words.length <= 4) return true;
  if ((leadingLink.test(text) || leadingPronoun.test(text)) && words.length <= 7) return true;
  if (namesSubject(question)) return false;
  return words.length <= 3 || pronoun.test(text) || leadingLink.test(text);
}

/** True where the writer says that what follows is about something else: "new problem: ...", "au fait, ...". */
export function changesTopic(question: string): boolean {
  const words = foldText(question).match(/[\p{L}\p{N}]+/gu) ?? [];
  return otherTopic.test(words.join(" "));
}

const otherTopic =
  /^(?:(?:ok|okay|thanks|thank you|merci|super|parfait|great|and|et|now|maintenant|but|mais|also|j ai|i have|i ve|hi|hello|bonjour) )*(?:an? |une? |my |mon |ma )?(?:by the way|btw|(?:new|another|other|different|unrelated|second|separate|next) (?:problem|issue|question|topic|thing|request|subject)|(?:something|anything) else|on another (?:note|subject|topic)|au fait|sinon|(?:nouveau|autre|deuxieme|second) (?:probleme|souci|sujet)|(?:nouvelle|autre|deuxieme) (?:question|demande|chose)|rien a voir|changement de sujet)\b/;

const leadingLink =
  /^(?:and|but|or|also|so|then|et|mais|ou|aussi|alors|puis|du coup|what about|how about|what if|and if|et si|qu en est il|same|pareil|meme chose|yes|yeah|no|oui|non|still|toujours|ok)\b/;

const leadingPlace =
  /^(?:on|for|with|without|in|from|at|under|sur|pour|avec|sans|dans|depuis|chez|sous|en|step|etape)\b/;

const leadingPronoun =
  /^(?:it(?! (?:support|team|desk|department|helpdesk)\b)|they|(?:that|this|these|those) (?:is|are|was|did|does|didn|doesn|do|don|works?|worked|won|isn|says|one|step|button|menu)|ca|cela|c est|c etait|ce n est|celui|celle|i (?:did|tried|already|have already|ve already|don t (?:see|have|find))|je (?:l|ne (?:vois|trouve))|j ai (?:deja|essaye|tout))\b/;

const pronoun =
  /\b(?:it|its|that|this|these|those|they|them|there|ca|cela|celui|celle|ceux|l ai|l a|le faire|la trouve|le trouve|y arrive|y|en)\b/;

/** The groups of keywords that are things one can have a question about; not kinds of request, numbers of people or faults. */
const countSubjects = createKeywordCounter([
  keywordGroups.vpn,
  keywordGroups.wifi,
  keywordGroups.printer,
  keywordGroups.computer,
  keywordGroups.screen,
  keywordGroups.peripheral,
  keywordGroups.meeting_room,
  keywordGroups.office_apps,
  keywordGroups.mail,
  keywordGroups.password,
  keywordGroups.account,
  keywordGroups.mfa,
  keywordGroups.malware,
  keywordGroups.storage,
]);

const namesSubject = (question: string) => countSubjects(question).some((count) => count > 0);
