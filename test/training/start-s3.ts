import { expect } from "vitest";
import { type RunningProgram, startProgram } from "./start-program.ts";

/** A real server of S3's interface on loopback, with one bucket, and what a client of it needs. */
export type RunningS3 = RunningProgram & {
  /** Credentials for the environment of a client; the server looks at whether a request is signed, not by whom. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly secret: string;
  /** Asks the server as any client of S3 would; fails the test where it is not content. */
  request(path: string, method?: string, body?: string | ArrayBuffer): Promise<Response>;
  /** Keys of the objects below a prefix of the bucket. */
  keys(prefix: string): Promise<string[]>;
};

const secret = "key-that-is-in-no-file";

/** Starts the server with an empty bucket called `bucket`. `env` has the Python environment of pythonEnv. */
export async function startS3(env: Readonly<Record<string, string>>, cwd: string): Promise<RunningS3> {
  const credentials = {
    AWS_ACCESS_KEY_ID: secret,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_DEFAULT_REGION: "us-east-1",
  };
  const server = await startProgram("moto_server", (port) => ["-H", "127.0.0.1", "-p", String(port)], {
    env: { ...env, ...credentials },
    cwd,
    readyPath: "/moto-api/",
  });
  const authorization = `AWS4-HMAC-SHA256 Credential=${secret}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0`;
  const request = async (path: string, method = "GET", body?: string | ArrayBuffer) => {
    const init = { method, headers: { authorization }, ...(body === undefined ? {} : { body }) };
    const answer = await fetch(`${server.url}/bucket${path}`, init);
    expect([method, path, answer.ok]).toEqual([method, path, true]);
    return answer;
  };
  const keys = async (prefix: string) => {
    const listing = await (await request(`?list-type=2&prefix=${prefix}`)).text();
    return [...listing.matchAll(/<Key>([^<]+)<\/Key>/g)].map((match) => match[1]!);
  };
  await request("", "PUT");
  return { ...server, credentials, secret, request, keys };
}
