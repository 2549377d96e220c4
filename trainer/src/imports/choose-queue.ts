/** Names of the rules that --queue-rule takes. */
export const queueRules = ["six-queues"] as const;

/** The first one that the text matches decides; whole words, any case, accents as typed. */
const byWord: readonly (readonly [RegExp, string])[] = [
  [wholeWord("security|securite|password|login|access|breach|hack|malware"), "Security / Access"],
  [
    wholeWord("printer|imprimante|print|scan|scanner|hardware|laptop|pc|macbook|screen|disk|ssd|cpu"),
    "Hardware / Device",
  ],
  [wholeWord("network|wifi|vpn|connect|internet|lan|router"), "Network / Infrastructure"],
  [wholeWord("software|app|update|bug|crash|install|version"), "Software / Product"],
];

const byQueue: ReadonlyMap<string, string> = new Map([
  ["Product Support", "Software / Product"],
  ["Service Outages and Maintenance", "Service Outages"],
]);

/**
 * The rule "six-queues": one of the sample taxonomy's queues for a ticket's body, by its words, then by the queue that it came
 * with, else General Technical Support. A label made this way says what the rule says: train on it where there is no other.
 */
export function chooseQueue(body: string, queue: string | undefined): string {
  const named = byWord.find(([words]) => words.test(body))?.[1];
  return named ?? byQueue.get(queue ?? "") ?? "General Technical Support";
}

function wholeWord(words: string): RegExp {
  return new RegExp(`\\b(?:${words})\\b`, "i");
}
