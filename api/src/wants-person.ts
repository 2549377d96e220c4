import { foldText } from "@support-it-agent/shared/text/fold-text";

/**
 * True where the writer asks for a person instead of an answer ("can I talk to a human", "je veux parler à quelqu'un"): a clause that
 * asks for something, and a person or being called as what it asks for. What went wrong with a call ("people on Teams cannot hear me"), what
 * somebody else wants and what is denied is none. English and French.
 */
export function wantsPerson(text: string): boolean {
  const clauses = foldText(text).replace(commaBeforePlease, " ").split(clauseEnd);
  return clauses.some((clause, place) => {
    const plain = (clause.match(/[a-z0-9]+/g) ?? []).join(" ");
    return (
      plain.length <= longestClause &&
      asksForPerson(plain) &&
      !isAboutCalls(plain, (clauses[place - 1] ?? "").trim())
    );
  });
}

/** In characters. Who asks for a person says so in few words. */
const longestClause = 300;

const commaBeforePlease = /,\s*(?=(?:please|pls|svp|stp|s'il (?:vous|te) plait)\b)/g;

/** Behind a comma, a stop or "but" another wish may begin. */
const clauseEnd = /[,;:.!?\n()]+|\s-\s|\b(?:but|mais|because|parce que|car)\b/;

const anyOf = (...words: readonly string[]) => `(?:${words.join("|")})`;

/** Nobody means these by a colleague, a customer or the person at fault. */
const person = anyOf(
  "(?:(?:an?|another|some) )?(?:(?:real|actual|live|human|physical|competent) )*(?:human(?: being)?|person|agent|technician|operator|someone|somebody|someone real|human support|advisor|real people)",
  "(?:the |your )?(?:it )?(?:help ?desk|service desk|support(?: team| agent| person| technician)?|it (?:team|person|guy|support)|hotline)",
);

const personne = anyOf(
  "(?:une? |des |de )?(?:vraie?s? |autre )?(?:humaine?s?|etre humain|personne(?: humaine| reelle| physique| de l informatique| du support)?|agents?|technicien(?:ne)?s?|conseill(?:er|ere)s?|operateurs?|operatrice|interlocuteur|informaticien(?:ne)?)",
  "quelqu un",
  "(?:l |le |la |votre |au |du )?(?:support(?: informatique)?|help ?desk|centre de services?|assistance|service informatique|hotline)",
);

const please = "(?: please| pls| plz| now| right now| instead| asap| directly| today| first)*";
const svp =
  "(?: s il vous plait| s il te plait| svp| stp| maintenant| directement| rapidement| tout de suite| plutot| merci)*";
const polite =
  "(?:(?:hi|hello|ok|okay|so|no|please|pls|thanks|just|sorry|bonjour|bonsoir|non|alors|stop|svp|merci|and|et) )*";

const asks = anyOf(
  "(?:i|we) (?:just |really |would |only )*(?:want|need|wish|prefer|like|rather|d like|d rather|d prefer|must|have to|demand|would like|ask|request)(?: to)?",
  "(?:i|we) m (?:asking|trying) to",
  "(?:can|could|may|might|shall) (?:i|we|you)(?: please| just)?",
  "(?:is it possible|is there a way|possible|let me|let us|allow me|i d like to be able|would it be possible)(?: to)?",
);

const demande = anyOf(
  "(?:je|on|nous) (?:veux|voudrais|souhaite|souhaiterais|prefere|prefererais|aimerais|desire|demande|dois|veut|voulons|aimerions|souhaitons)(?: bien| juste| vraiment| absolument| simplement)?(?: a| de)?",
  "(?:je|j) (?:ai besoin|aurais besoin|aimerais)(?: bien)?(?: de| d)?",
  "j (?:ai|aurais) (?:besoin|envie)(?: de| d)?",
  "(?:puis je|est ce que je peux|est ce qu on peut|peut on|pourrais je|je peux|pouvons nous|pourrait on|possible de|est il possible de|serait il possible de|c est possible de|y a t il moyen de|merci de|j insiste pour)(?: me| m)?",
);

const talk =
  "(?:talk|speak|chat|discuss|get in touch|be put through|be (?:connected|transferred)|reach|contact)";
const parler =
  "(?:parler|discuter|echanger|dialoguer|communiquer|contacter|joindre|avoir|voir|etre (?:mis en relation|transfere|rappele|contacte|appele))";

const requests: readonly RegExp[] = [
  // I want to talk to a human; can I get a person; I'd like an agent please
  `(?:.* )?${asks}(?: to)? ${talk}(?: (?:to|with|through to|hold of))? ${person}${please}(?: (?:about|on the phone|by phone|regarding|in (?:it|support)|from (?:it|support)|who|to help|for help).*)?`,
  `(?:i|we) (?:just |really )?(?:want|need|demand|d like|would like|d prefer|prefer|d rather have|request) ${person}${please}(?: (?:to (?:help|talk|call|speak|look|take|assist)|who|on the phone).*)?`,
  `(?:can|could) (?:i|we) (?:please )?(?:have|get|see) ${person}${please}(?: (?:to (?:help|talk|call|speak|look)|on the phone).*)?`,
  `${polite}(?:talk|speak|chat|switch|escalate)(?: me)? (?:to|with) ${person}${please}`,
  // Put me through to the helpdesk; get me a human
  `(?:.*\\b(?:can|could|please|pls|you|just|and|to) )?(?:transfer|connect|put|pass|hand|send|forward|redirect) (?:me|us|this|it)(?: (?:through|over|on))? (?:to|with) ${person}${please}`,
  `(?:.* )?(?:get|give|find|send) me ${person}${please}(?: (?:to|who|on).*)?`,
  `(?:.* )?(?:is|are) there ${person}(?: (?:there|here|available|i can (?:talk|speak|chat) (?:to|with)|to (?:talk|speak|chat) (?:to|with)))*${please}`,
  `${polite}(?:a |an |another )?(?:real |live )?(?:human(?: being)?|person|agent|operator)(?: (?:please|pls|now|asap))+`,
  `${polite}(?:real |live )?(?:human|agent|operator|representative)`,
  `(?:.* )?(?:(?:i|we) (?:want|need|would like|d like)|can (?:i|we) (?:get|have)) (?:some )?(?:human (?:help|support|assistance)|(?:help|support|assistance) from an? (?:real |actual )?(?:human|person|technician))${please}`,
  `(?:can|could) an? (?:real |actual |live )?(?:human|technician|agent|person) (?:please )?(?:help|call|contact|assist|look)(?: .*)?`,
  `(?:can|could) (?:i|we) (?:please )?(?:have|get) an? technician (?:come|over)(?: .*)?`,
  `${polite}(?:can you |could you )?(?:please )?escalate (?:this|it|my (?:case|ticket|request|question)) to ${person}${please}`,
  // Call me back
  `(?:.*\\b(?:can|could|would|will) (?:you|someone|somebody|an? (?:agent|technician|person|human)|the (?:help ?desk|support)) (?:please |kindly |just )?)?(?:please |kindly )?(?:call|phone|ring) me(?: back)?(?: (?:at|on|under|please|now|today|tomorrow|this|when|asap|in|about|before|after|as|\\d).*)?`,
  `(?:i|we) (?:want|need|would like|d like|prefer|request) (?:to be called|a call(?: ?back)?|someone to (?:call|phone|ring) me)(?: back)?.*`,
  // No bots
  `${polite}(?:i (?:do not|don t) (?:want|like) (?:to (?:talk|speak|chat) (?:to|with) )?)?(?:an? )?(?:not an?|no(?: more)?|stop the|stop this|enough of this|i (?:do not|don t) want (?:to (?:talk|speak|chat) (?:to|with) )?an?) (?:ro)?(?:bots?|machines?|chatbots?|ai)${please}`,
  // Je veux parler à un technicien; puis-je avoir quelqu'un
  `.*${demande} ${parler}(?: (?:a|au|avec|par))?(?: la| le| l)? ${personne}${svp}(?: (?:au telephone|par telephone|de vive voix|pour|qui|de|du|concernant|a propos|au sujet|afin|en direct|sur).*)?`,
  `(?:.* )?(?:je (?:veux|voudrais|souhaite|prefere|prefererais|demande)|j (?:aimerais|ai besoin d|ai besoin de|exige)|il me faut) ${personne}${svp}(?: (?:pour m|pour nous|qui|au telephone|par telephone).*)?`,
  `${polite}(?:parler|discuter|echanger|dialoguer) (?:a|au|avec)(?: la| le| l)? ${personne}${svp}`,
  `(?:.* )?(?:passez|mettez|transferez|passe|mets|transfere|envoyez|trouvez|redirigez|connectez) (?:moi|nous)(?: en relation| en contact)?(?: (?:a|au|avec|vers))?(?: la| le| l)? ${personne}${svp}`,
  `(?:.*(?:pouvez vous|pourriez vous|peux tu|merci de|veuillez) )(?:me )?(?:passer|mettre en (?:relation|contact) avec|transferer (?:a|vers|au))(?: la| le| l)? ${personne}${svp}`,
  `(?:.* )?(?:y a t il|il y a|est ce qu il y a|y aurait il|y a)(?: bien)? (?:une? (?:vraie? )?(?:humain|personne|agent|technicien|technicienne|conseiller|operateur)|quelqu un(?= [adp]))(?: (?:de )?(?:disponible|humain|joignable|la|a qui parler|au bout du fil|avec qui parler|reel|pour m aider|qui peut m aider|qui puisse m aider))*${svp}`,
  `${polite}(?:une? )?(?:vraie? )?(?:humain|technicien|technicienne|personne|agent|conseiller|etre humain)(?: (?:svp|stp|s il vous plait|s il te plait))+`,
  `${polite}(?:un )?(?:vrai )?(?:etre )?humain`,
  `(?:.* )?(?:je (?:veux|voudrais|souhaite)|j (?:aimerais|ai besoin de)) (?:l |une )?(?:aide|assistance) (?:d |humaine)(?:une? )?(?:vraie? )?(?:humain|personne|technicien|technicienne)?${svp}`,
  // Rappelez-moi
  `(?:.* )?(?:rappelez|appelez|telephonez|contactez|rappelle|appelle)(?: |-)moi(?: (?:svp|stp|s il|au|sur|avant|apres|demain|vite|des|ce|cet|cette|pour|a|quand|merci|\\d).*)?`,
  `(?:.* )?(?:(?:pouvez|pourriez|voulez|pourrez) vous|peux tu|pourrais tu|(?:peut|pourrait) on|(?:quelqu un|un technicien|un agent|une personne|un humain|le support) (?:peut|pourrait|peut il|pourrait il)(?: il)?|merci de|veuillez|vous pouvez|est ce que (?:vous pouvez|quelqu un peut)|on peut)(?: bien| aussi| svp)? (?:me |m )(?:rappeler|appeler|telephoner|contacter par telephone|passer un coup de fil)(?: .*)?`,
  `(?:.* )?(?:je (?:veux|voudrais|souhaite|souhaiterais|prefere)|j aimerais) (?:etre|qu on me) (?:rappele|appele|recontacte|rappelle|appelle)e?(?: .*)?`,
  // Pas de robot
  `${polite}je (?:ne )?veux pas (?:d |de |parler (?:a|avec) )(?:une? )?(?:ro)?(?:bots?|machines?|chatbots?|ia)${svp}`,
  `${polite}(?:pas (?:a |avec |de |d )?(?:un |une )?|assez de ces |marre des? |stop (?:au |le ))(?:ro)?(?:bots?|machines?|chatbots?|ia)${svp}`,
].map((source) => new RegExp(`^${source}$`));

const asksForPerson = (clause: string) => {
  const wish = clause.replace(/^(?:and|et|then|puis(?! je)|so|donc|or|ou) /, "");
  return requests.some((request) => request.test(wish));
};

/** A clause in which calls, meetings or a phone do not work, and what hangs on one ("when I try to ..."). */
const isAboutCalls = (clause: string, before: string): boolean =>
  faulty.test(clause) || /\b(?:when|whenever|if|quand|lorsque|des que|si|chaque fois)\b[^,]*$/.test(before);

const faulty =
  /\b(?:teams|zoom|webex|skype|meet|softphone|3cx|voip|jabber|whatsapp|captcha|micro(?:phone)?|headset|casque|when (?:i|we)|whenever|quand (?:je|on)|lorsque|impossible|cannot|can t|couldn t|unable|ne peux|ne peut|n arrive|arrive pas|peux pas|peut pas|they|people say|customers?|clients?|ils|nobody|no one)\b/;
