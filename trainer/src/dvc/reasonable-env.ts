/**
 * The environment for DVC and its S3 client. Left to itself the client tries an address that does not answer for minutes and
 * asks a cloud's metadata service for credentials; what is set in `env` goes before. DVC sends nobody a report of its use.
 */
export function reasonableEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  return {
    AWS_MAX_ATTEMPTS: "3",
    AWS_RETRY_MODE: "standard",
    AWS_EC2_METADATA_DISABLED: "true",
    DVC_NO_ANALYTICS: "true",
    ...env,
  };
}
