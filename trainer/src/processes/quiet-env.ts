/** The environment of a program of ours that reports home by default: told not to. */
export function quietEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...env,
    DVC_NO_ANALYTICS: "1",
    MLFLOW_DISABLE_TELEMETRY: "true",
    ORT_DISABLE_TELEMETRY: "1",
    RAY_USAGE_STATS_ENABLED: "0",
    DO_NOT_TRACK: "true",
  };
}
