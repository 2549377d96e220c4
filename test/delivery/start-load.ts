import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export type LoadResult = {
  readonly answered: number;
  /** What came instead of an answer: another status than 200, or the connection's end. */
  readonly lost: readonly string[];
};

export type Load = {
  /** Resolves when the questions under way are answered. */
  readonly stop: () => Promise<LoadResult>;
};

type LoadOptions = {
  readonly url: string;
  readonly key: string;
  /** Questions at a time: one half on connections that are kept, the other on a new one for each. */
  readonly lanes: number;
  /** Between an answer and the next question of the same lane. */
  readonly pauseMs: number;
};

/** Asks questions of a deployed API until it is stopped, and repeats none: what is not answered the first time is lost. */
export function startLoad({ url, key, lanes, pauseMs }: LoadOptions): Load {
  let isOver = false;
  let answered = 0;
  const lost: string[] = [];
  const since = Date.now();
  const run = async (agent: Agent) => {
    while (!isOver) {
      const fault = await ask(new URL("/ask", url), key, agent);
      if (fault === undefined) answered += 1;
      else lost.push(`after ${Date.now() - since} ms: ${fault}`);
      await sleep(pauseMs);
    }
    agent.destroy();
  };
  const running = Array.from({ length: lanes }, (_, lane) => run(new Agent({ keepAlive: lane % 2 === 0 })));
  return {
    stop: async () => {
      isOver = true;
      await Promise.all(running);
      return { answered, lost };
    },
  };
}

/** Undefined where the question was answered with 200, to its last byte. */
function ask(address: URL, key: string, agent: Agent): Promise<string | undefined> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const asked = request(address, { method: "POST", agent, headers, timeout: 60_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.on("error", (error) => resolve(`the answer broke off: ${error.message}`));
      response.on("end", () =>
        resolve(response.statusCode === 200 ? undefined : `${response.statusCode} ${text.slice(0, 200)}`),
      );
    });
    asked.on("timeout", () => asked.destroy(new Error("no answer within a minute")));
    asked.on("error", (error) => resolve(`${"code" in error ? error.code : ""} ${error.message}`));
    asked.end(JSON.stringify({ question: "My laptop does not connect to the VPN any more" }));
  });
}
