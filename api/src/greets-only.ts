import { foldText } from "@support-it-agent/shared/text/fold-text";

/** True where somebody says hello or thanks and nothing else: "hi", "Bonjour !", "thank you very much". English and French. */
export function greetsOnly(text: string): boolean {
  const words = foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  return (
    words.some((word) => greetings.has(word)) &&
    words.every((word) => around.has(word) || greetings.has(word))
  );
}

const greetings = new Set(
  "hi hello hey morning afternoon evening thanks thank thx ty cheers bye goodbye bonjour bonsoir salut coucou merci revoir adieu".split(
    " ",
  ),
);

/** What stands beside a greeting. */
const around = new Set(
  `good there all everyone team guys you your very much so a lot again for the help support dear have nice great day have ok okay perfect
  au a tous toutes l equipe beaucoup bien bonne journee soiree encore pour votre ton aide d avance super parfait cordialement`.split(
    /\s+/,
  ),
);
