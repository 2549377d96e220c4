import { foldText } from "@support-it-agent/shared/text/fold-text";

/**
 * True where the writer asks for a joke, a poem, a story, a translation or a sum, whatever it is about: "tell me a joke about
 * printers" is none of IT's, though the scope model sees a printer. A fault in something that translates or calculates is
 * IT's. English and French.
 */
export function wantsPastime(text: string): boolean {
  const words = (foldText(text).match(/[a-z0-9]+/g) ?? []).join(" ");
  if (words.length > longestRequest) return false;
  return requests.some((request) => request.test(words)) || isSum(text);
}

/** In characters. A longer text has more to say than such a wish. */
const longestRequest = 200;

const opening =
  "^(?:(?:hi|hello|hey|bonjour|salut|ok|please|pls|svp|merci|alors|and|et|now|just) )*(?:(?:can|could|would|will) you (?:please )?|(?:i want|i d like|i would like|i need) (?:you to )?|(?:peux tu|pouvez vous|pourrais tu|pourriez vous|tu peux|vous pouvez|est ce que tu peux|je veux que tu|je voudrais que tu) )?(?:please |me |m )?";

const work =
  "(?:short |funny |good |nice |little |petite? |courte? |bonne |drole )*(?:jokes?|puns?|riddles?|limericks?|haikus?|poems?|poetry|songs?|lyrics|raps?|sonnets?|story|stories|fairy tales?|tales?|essays?|blagues?|devinettes?|poemes?|poesies?|chansons?|histoires?(?: drole)?|contes?|sonnets?|rimes?|dissertations?)";

const requests: readonly RegExp[] = [
  // Tell me a joke about printers; write a poem on my VPN
  `${opening}(?:tell|write|make|compose|sing|give|invent|create|generate|recite)(?: me| us)?(?: (?:a|an|another|one|some|the|up a|your best))* ${work}(?: (?!in |into |for |field|function|template|from |is |does )[a-z0-9 ]*)?$`,
  `${opening}(?:do you know|know|got|have you got|do you have)(?: (?:a|an|any|some|another))* ${work}(?: about [a-z0-9 ]*)?$`,
  `${opening}(?:raconte|racontez|raconter|ecris|ecrivez|ecrire|compose|composez|composer|invente|inventez|inventer|chante|chantez|fais|faites|faire|dis|dites|donne|donnez|redige|redigez|rediger|connais|tu connais|vous connaissez|connaissez vous|connais tu)(?: moi| nous)?(?: (?:une?|des|la|le|les|autre|encore|ta meilleure))* ${work}(?: (?!dans |est )[a-z0-9 ]*)?$`,
  `^(?:une? |another |a |encore une )?(?:joke|blague|poeme|poem)(?: (?:please|svp|stp|about|sur|on) ?[a-z0-9 ]*)?$`,
  `${opening}(?:make me laugh|fais moi rire|faites moi rire|(?:tell|say)(?: me)? something funny(?: [a-z0-9 ]*)?|(?:dis|dites|raconte)(?: moi)? (?:un truc|quelque chose) de? ?drole(?: [a-z0-9 ]*)?)$`,
  "^(?:what is |what s |whats |calculate |calcule )?(?:the |la )?(?:square root of|racine carree de) [0-9 ]+$",
  // Translate "my printer is broken" into Spanish; how do you say printer in German
  `${opening}translate .* (?:in|to|into) (?:english|french|german|spanish|italian|portuguese|dutch|japanese|chinese|arabic|russian|latin|greek|polish|turkish|korean|hindi)$`,
  `^how (?:do (?:you|i|we)|to) say .* in (?:english|french|german|spanish|italian|portuguese|dutch|japanese|chinese|arabic|russian|latin|greek|polish)$`,
  `${opening}(?:traduis|traduisez|traduire|traduction de) .* en (?:anglais|francais|allemand|espagnol|italien|portugais|neerlandais|japonais|chinois|arabe|russe|latin|grec|polonais|coreen)$`,
  `^comment (?:dit on|on dit|dire|se dit) .* en (?:anglais|francais|allemand|espagnol|italien|portugais|neerlandais|japonais|chinois|arabe|russe|latin|grec|polonais)$`,
].map((source) => new RegExp(source));

/** "What is 12*7", "combien font 3 + 4 ?": numbers, operators and words that ask. A date, a range and 0x... have no sign that only sums have. */
function isSum(text: string): boolean {
  const asked = foldText(text).replace(sumWords, " ").trim();
  return /^[(\s]*\d[\d.,()\s]*(?:(?:[+*×÷^]|\s[-/x:]\s|\s(?:plus|minus|times|divided by|fois|moins|divise par)\s)[\d.,()\s]*\d[\d.,()\s]*)+[=?!.\s]*$/.test(
    asked,
  );
}

const sumWords =
  /\b(?:what is|what's|whats|how much is|how much are|calculate|compute|solve|please|can you|tell me|combien (?:font|fait|ca fait)|ca fait combien|calcule[rz]?|quel est le resultat de|peux-tu|svp|hi|hello|bonjour|equals?|egal)\b/g;
