import { foldText } from "@support-it-agent/shared/text/fold-text";

/** True where somebody says hello or thanks and nothing else: "hi", "Bonjour !", "thank you very much". English and French. */
export function greetsOnly(text: string): boolean {
  const words = plainWords(text);
  return (
    words.some((word) => greetings.has(word)) &&
    words.every((word) => around.has(word) || greetings.has(word))
  );
}

/** Two words that greet together and not apart are one: "good day", "bonne journée". */
function plainWords(text: string): string[] {
  const words = foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .join(" ")
    .replace(
      /\b(good|nice|great|bon|bonne) (day|evening|weekend|journee|soiree|apres midi|week end|nuit)\b/g,
      "goodday",
    )
    .split(" ")
    .filter((word) => word !== "");
}

const toSet = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/));

const greetings = toSet(`hi hello hey heya hiya yo morning afternoon evening greetings goodday
  thanks thank thankyou thx thnx tnx tks tx ty tysm cheers bye goodbye
  bonjour bjr bonsoir bsr salut slt coucou cc hello merci mrc mci remerciements remercie revoir adieu rebonjour hola`);

/** What stands beside a greeting. */
const around =
  toSet(`good there all everyone everybody team guys folks sir madam mate you u your very much so a lot again for the help support
  dear have nice great day ok okay perfect many in advance bot chatbot robot assistant it i and is are
  au a tous toutes tout le monde la les l equipe beaucoup bcp bien bonne journee soiree encore infiniment mille pour votre ton cette aide vous te
  je et d avance super parfait cordialement madame monsieur mesdames messieurs mme mr chers cher chere collegues`);
