import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type ServedApi = {
  readonly url: string;
  /** Paths and authorization of what was asked. */
  readonly asked: { path: string; authorization: string | undefined }[];
  readonly close: () => Promise<void>;
};

/** An HTTP server that answers /version and /ask as the API does, with the bundle that `bundleHash` names at that moment; an empty one is an outage. */
export async function startServedApi(bundleHash: () => Promise<string>): Promise<ServedApi> {
  const asked: ServedApi["asked"] = [];
  const server = createServer(async (request, response) => {
    asked.push({ path: request.url ?? "", authorization: request.headers.authorization });
    const hash = await bundleHash();
    if (!hash) return response.writeHead(503, { "content-type": "application/problem+json" }).end("{}");
    const version = {
      version: "0.1.0",
      model_version: `model-of-${hash}`,
      bundle_hash: hash,
      schema_version: 1,
    };
    const answer = {
      prediction_id: "0199",
      predicted_queue: "Network / Infrastructure",
      action: "answer",
      model_version: version.model_version,
      degraded: ["llm_unavailable"],
    };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(request.url === "/ask" ? answer : version));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
