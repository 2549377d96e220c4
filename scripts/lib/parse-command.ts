import { type ParseArgsOptionsConfig, parseArgs } from "node:util";

type Command<Options extends ParseArgsOptionsConfig> = {
  readonly usage: string;
  /** As parseArgs takes them. */
  readonly options?: Options;
  /** How many arguments that are no options it takes at the most; none where absent. */
  readonly mostPositionals?: number;
};

type Parsed<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true }>
> & {
  /** Ends the process as wrong use: one line and the usage on stderr, exit code 2. */
  readonly refuse: (message: string) => never;
};

/**
 * The command line of a program. --help prints the usage to stdout and ends the process with 0; an option that is not known, one without its value,
 * and an argument too many are wrong use and end it with 2. Called before the program does anything.
 */
export function parseCommand<const Options extends ParseArgsOptionsConfig = Record<never, never>>({
  usage,
  options,
  mostPositionals = 0,
}: Command<Options>): Parsed<Options> {
  const args = process.argv.slice(2);
  const end = args.indexOf("--");
  if (
    args.slice(0, end < 0 ? undefined : end).some((argument) => argument === "--help" || argument === "-h")
  ) {
    console.log(usage);
    process.exit(0);
  }
  const refuse = (message: string): never => {
    console.error(`${message}\n\n${usage}`);
    process.exit(2);
  };
  try {
    const parsed = parseArgs({ args, options: options ?? ({} as Options), allowPositionals: true });
    const surplus = parsed.positionals[mostPositionals];
    if (surplus !== undefined) refuse(`There is no place for the argument "${surplus}".`);
    return { ...parsed, refuse };
  } catch (error) {
    return refuse(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
  }
}
