import { expect, test } from "vitest";
import { closesConversation } from "./closes-conversation.ts";

test.each([
  "merci",
  "Merci beaucoup !",
  "ok thanks",
  "thank you!",
  "thanks it works now",
  "merci ça marche",
  "Thanks, that fixed it",
  "great, that did the trick!",
  "it works now, thank you so much",
  "problem solved",
  "Super, c'est réglé, merci bien",
  "Parfait, ça fonctionne à nouveau",
  "C’est bon, merci pour votre aide",
  "problème résolu",
  "I got it working, cheers",
  "never mind",
  "all good now",
  "merci, bonne journée",
  "tks",
  "that's all, thanks",
  "thanks for the info",
  "bien reçu merci",
  "I found it, thanks",
  "it's ok now",
  "Everything is fine now",
  "resolved, you can close the ticket",
  "vous pouvez fermer le ticket, merci",
])("%j closes a conversation, and says so alone as well", (text) => {
  expect(closesConversation(text, { isFollowUp: true })).toBe(true);
  expect(closesConversation(text, { isFollowUp: false })).toBe(true);
});

test.each(["ok", "Parfait", "d'accord", "great", "Compris", "ok super", "👍"])(
  "%j closes a conversation, and is nothing without one",
  (text) => {
    expect(closesConversation(text, { isFollowUp: true })).toBe(true);
    expect(closesConversation(text, { isFollowUp: false })).toBe(false);
  },
);

test.each([
  "",
  "bonjour",
  "yes",
  "oui",
  "ça ne marche pas",
  "ça marche pas",
  "merci mais ça ne marche toujours pas",
  "thanks but it still doesn't work",
  "it works on my phone but not on the laptop",
  "it worked yesterday",
  "thanks, and on a Mac?",
  "merci, et sur Mac",
  "does it work now?",
  "ok?",
  "nothing works",
  "plus rien ne marche, merci",
  "it's not fixed",
  "ok the printer is on",
  "the printer is fine, the scanner is not",
  "no problem with the Wi-Fi, but the VPN drops",
  "can you close the ticket? it is not solved",
  "fine tune the microphone",
  "thanks for the new laptop",
  "merci d'avance",
  "ok j'ai redémarré",
  "c'est bon pour le Wi-Fi, pas pour le VPN",
  "merci de me rappeler",
])("%j closes none", (text) => {
  expect(closesConversation(text, { isFollowUp: true })).toBe(false);
});
