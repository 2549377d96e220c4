// What the trainer's commits may change: ./scripts/check-bot-commit --help
import { fileURLToPath } from "node:url";
import { checkBotCommits } from "./delivery/check-bot-commits.ts";
import { DeliveryError } from "./delivery/delivery-error.ts";
import { runGit } from "./delivery/run-git.ts";
import { callerPath } from "./lib/caller-path.ts";
import { parseCommand } from "./lib/parse-command.ts";

const usage = `Usage: ./scripts/check-bot-commit [--since COMMIT] [--until COMMIT] [--pushed-by LOGIN] [--repository FOLDER]

Looks at the commits after --since (the fifty newest where it is absent, unknown or all zeros) up to --until (HEAD) that are the trainer's: its
address is in TRAINER_AUTHOR_EMAIL, its trailers tell them as well, and whatever --pushed-by pushed where that is TRAINER_LOGIN. With
TRAINER_SIGNING_KEY, a public SSH key, each of them must bear its signature.
Exit codes: 0 all well, 1 broken, 2 a commit changes what it may not, or wrong use.`;

const fewest = 50;

const { values } = parseCommand({
  usage,
  options: {
    since: { type: "string" },
    "pushed-by": { type: "string" },
    until: { type: "string", default: "HEAD" },
    repository: { type: "string", default: fileURLToPath(new URL("..", import.meta.url)) },
  },
});
try {
  const { since, until } = values;
  const root = callerPath(values.repository);
  const trainer = setting("TRAINER_LOGIN");
  const isByTrainer = trainer !== undefined && values["pushed-by"] === trainer;
  const isKnown =
    since !== undefined &&
    /^[0-9a-f]{7,64}$/.test(since) &&
    (await runGit(root, ["cat-file", "-e", `${since}^{commit}`], [1, 128])).exitCode === 0;
  const { checked, faults } = await checkBotCommits({
    root,
    range: isKnown ? [`${since}..${until}`] : [`--max-count=${isByTrainer ? 1 : fewest}`, until],
    authorEmail: setting("TRAINER_AUTHOR_EMAIL"),
    arePushedByTrainer: isByTrainer,
    signingKey: setting("TRAINER_SIGNING_KEY"),
  });
  for (const fault of faults) console.error(fault);
  console.error(
    `${checked} commits of the trainer${faults.length > 0 ? `, ${faults.length} faults` : ": well"}`,
  );
  if (faults.length > 0) process.exitCode = 2;
} catch (error) {
  console.error(error instanceof DeliveryError ? error.message : error);
  process.exitCode = 1;
}

function setting(name: string): string | undefined {
  return process.env[name]?.trim() || undefined;
}
