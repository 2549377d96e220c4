import { z } from "zod";
import { CliError } from "./cli-error.ts";

/** What `trainer cycle` and the commands beside it read from the environment. Everything behind them gets it as arguments. */
export type TrainerConfig = z.infer<typeof configSchema>;

/**
 * The environment as a configuration; an empty variable is an absent one. Throws CliError, which lists every wrong variable and never repeats
 * a value: it may be a secret.
 */
export function parseTrainerConfig(env: Readonly<Record<string, string | undefined>>): TrainerConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const parsed = configSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
  throw new CliError(
    `The environment cannot be used:\n${lines.join("\n")}\nCorrect or unset these, then run this again (docs/cycle.md lists them all).`,
  );
}

const configSchema = z
  .object({
    /** Where the pointers of published models live: an address or a path that git can clone and push to. */
    GIT_REMOTE_URL: z.string().optional(),
    GIT_BRANCH: z.string().default("main"),
    /** A token for an https address; git gets it by a credential helper, never as an argument. A deploy key comes by GIT_SSH_COMMAND. */
    GIT_TOKEN: z.string().optional(),
    GIT_AUTHOR_NAME: z.string().default("Support IT Agent trainer"),
    GIT_AUTHOR_EMAIL: z.string().default("trainer@support-it-agent.invalid"),
    /** File with the SSH key that signs commits; unsigned without it. */
    GIT_SIGNING_KEY: z.string().optional(),
    /** Where snapshots and models are stored, s3://BUCKET/PREFIX or a folder; where absent, the remote that the clone's .dvc/config names. */
    DVC_REMOTE_URL: z.string().optional(),
    /** Address of an S3 that is not Amazon's. Credentials are AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. */
    AWS_ENDPOINT_URL: z.url({ protocol: /^https?$/ }).optional(),
    /** Folder for clones and whatever a cycle makes; it may be lost between two runs. */
    SCRATCH_DIR: z.string().default(".cache/cycles"),
    /** Where the API answers, to see what serves. */
    API_URL: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:8000"),
    /** A key with the scope monitor, where keys exist. */
    SUPPORT_IT_AGENT_KEY: z.string().optional(),
    /** OWNER/NAME; with it and a token the deploy workflow is started by API where a push has started none. */
    GITHUB_REPOSITORY: z
      .string()
      .regex(/^[^/\s]+\/[^/\s]+$/, "must be OWNER/NAME")
      .optional(),
    GITHUB_TOKEN: z.string().optional(),
    GITHUB_API_URL: z.url({ protocol: /^https?$/ }).default("https://api.github.com"),
    GITHUB_WORKFLOW: z.string().default("deploy.yml"),
  })
  .transform((given) => ({
    git: {
      remoteUrl: given.GIT_REMOTE_URL,
      branch: given.GIT_BRANCH,
      token: given.GIT_TOKEN,
      authorName: given.GIT_AUTHOR_NAME,
      authorEmail: given.GIT_AUTHOR_EMAIL,
      signingKey: given.GIT_SIGNING_KEY,
    },
    dvc: { remoteUrl: given.DVC_REMOTE_URL, endpointUrl: given.AWS_ENDPOINT_URL },
    scratchDir: given.SCRATCH_DIR,
    api: { url: given.API_URL, key: given.SUPPORT_IT_AGENT_KEY },
    github: {
      repository: given.GITHUB_REPOSITORY,
      token: given.GITHUB_TOKEN,
      apiUrl: given.GITHUB_API_URL,
      workflow: given.GITHUB_WORKFLOW,
    },
  }));

/** The names of all variables that parseTrainerConfig reads: what a manifest may set beside those of the programs it starts. */
export const trainerConfigNames: readonly string[] = Object.keys(configSchema.in.shape);
