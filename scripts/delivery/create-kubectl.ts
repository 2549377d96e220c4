import { DeliveryError } from "./delivery-error.ts";
import { type Ended, runProgram } from "./run-program.ts";

/** One call of kubectl. Its exit code is an answer; `demand` is for calls that must end with 0. */
export type Kubectl = {
  readonly ask: (args: readonly string[], options?: KubectlOptions) => Promise<Ended>;
  /** Gives stdout. Rejects with DeliveryError (1), with what kubectl said, where it ended with another code than 0. */
  readonly demand: (args: readonly string[], options?: KubectlOptions) => Promise<string>;
};

type KubectlOptions = { readonly input?: string; readonly timeoutMs?: number };

/** Long enough for an API server that is busy, short enough for one that is not there. */
const defaultTimeoutMs = 90_000;

/** kubectl as `program`, in the environment whose KUBECONFIG says which cluster. */
export function createKubectl(
  program: string,
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Kubectl {
  const ask: Kubectl["ask"] = (args, { input, timeoutMs = defaultTimeoutMs } = {}) =>
    runProgram(program, args, { cwd, env, timeoutMs, ...(input === undefined ? {} : { input }) });
  return {
    ask,
    demand: async (args, options) => {
      const { exitCode, stdout, stderr } = await ask(args, options);
      if (exitCode === 0) return stdout;
      throw new DeliveryError(
        1,
        `kubectl ${args.join(" ")} ended with ${exitCode}: ${stderr.trim() || stdout.trim()}`,
      );
    },
  };
}
