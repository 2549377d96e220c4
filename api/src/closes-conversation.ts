import { foldText } from "@support-it-agent/shared/text/fold-text";

/**
 * True where somebody gives thanks, says that it works or takes leave, and nothing else: "merci, ça marche", "thank you!", "all good
 * now". Behind an earlier turn a mere "ok" or "parfait" does as well. English and French.
 */
export function closesConversation(text: string, { isFollowUp }: { readonly isFollowUp: boolean }): boolean {
  if (text.includes("?")) return false;
  if (isFollowUp && thumb.test(text.trim())) return true;
  const words = foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  let plain = ` ${words.join(" ")} `;
  let isClosing = false;
  for (const phrase of closings) {
    const without = plain.replace(phrase, " ");
    isClosing ||= without !== plain;
    plain = without;
  }
  const rest = plain.split(" ").filter((word) => word !== "");
  const acknowledges = isFollowUp && rest.some((word) => acknowledgements.has(word));
  return (isClosing || acknowledges) && rest.every((word) => acknowledgements.has(word) || around.has(word));
}

/** Global, so that each takes out all that it finds; the blank behind a phrase is left for the next one. */
/** Global, so that each takes out all that it finds; the blank behind a phrase is left for the next one. Longer phrases come first. */
const closings: readonly RegExp[] = [
  / (?:thanks|thank you|thank u|thankyou|thx|thnx|tnx|tks|ty|tysm|cheers|merci|mrc|(?:je )?vous remercie|je te remercie)(?! d? ?avance| in advance)(?= )/g,
  / (?:bye|goodbye|see you|au revoir|a bientot|bonne (?:journee|soiree|continuation)|have a (?:nice|good|great) day)(?= )/g,
  / (?:the )?(?:problem|issue) (?:is |s )?(?:now )?(?:solved|fixed|gone|resolved)(?: now)?(?= )/g,
  / (?:le |mon )?probleme (?:est )?(?:resolu|regle)(?= )/g,
  / i (?:got it (?:working|to work)|fixed it|solved it|managed)(?: now)?(?= )/g,
  / (?:that|this|it) (?:did (?:it|the trick)|helped|helps|was it)(?= )/g,
  / (?:(?:it|that|this|everything|all) )?(?:is |s )?(?:now )?(?:works|worked|working|fixed|solved|resolved|sorted)(?: (?:now|again|fine|perfectly|great|well|it|out|for me))*(?= )/g,
  / (?:i (?:m|am) (?:all )?(?:good|set)|(?:it s |we re )?all (?:good|set)|never ?mind|no problem|i found it|(?:it|everything|all)(?: is|s| s) (?:ok|okay|fine)|no more questions|that s all|that is all)(?: now)?(?= )/g,
  / (?:ca|cela|tout) (?:re)?(?:marche|fonctionne|va|roule)(?: (?:maintenant|mieux|bien|nickel|parfaitement|a nouveau|tres|de nouveau))*(?= )/g,
  / (?:ca|cela) (?:a (?:marche|fonctionne)|m a aide|m aide)(?= )/g,
  / c est (?:bon|regle|resolu|repare|ok|tout|arrange|nickel|parfait)(?: (?:maintenant|pour moi))*(?= )/g,
  / (?:you can close (?:the|this|my) (?:ticket|case)|vous pouvez (?:fermer|cloturer|clore) (?:le|ce|mon) ticket)(?= )/g,
  / (?:tout est (?:bon|ok|regle|rentre dans l ordre)|j ai (?:reussi|trouve)|plus de questions?|resolu|regle)(?= )/g,
];

/** Thumbs, hands and faces that are glad, and nothing else. */
const thumb = /^(?:👍|🙏|👌|🙂|😊|😀|😃|😄|👏|✅|🎉|❤|\u{FE0F}|[\u{1F3FB}-\u{1F3FF}]|\s)+$/u;

const toSet = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

/** Each says "I have read it". */
const acknowledgements =
  toSet(`ok okay oki k fine perfect great awesome excellent cool nice wonderful brilliant noted understood
  parfait super genial top nickel impeccable entendu compris note accord daccord`);

/** What stands beside thanks. */
const around =
  toSet(`so very much a lot again for the your you help all everyone team bot many and now yes yeah that i it oh ah wow it's
  beaucoup bcp bien pour votre ton cette l aide tout a tous vous infiniment mille fois encore et oui d c est j ai maintenant hello hi
  bonjour madame monsieur je merci reponse answer quick rapide la le info infos information bien recu cest`);
