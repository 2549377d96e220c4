import { handle, streamHandle } from "hono/aws-lambda";
import type { App } from "../http/app-env.ts";

/**
 * The app as handlers for AWS Lambda, for events of an API Gateway (v2), a function URL or an ALB. `handler` answers in one
 * piece. `streamHandler` sends what comes as it comes, where the runtime can (a function URL with InvokeMode RESPONSE_STREAM);
 * elsewhere it is undefined, because the runtime's global `awslambda` is missing.
 */
export function createLambdaHandlers(app: App) {
  return {
    handler: handle(app, { isContentTypeBinary }),
    streamHandler: "awslambda" in globalThis ? streamHandle(app) : undefined,
  };
}

/** What must go as base64. All we serve is text. */
function isContentTypeBinary(contentType: string): boolean {
  return !/^(text\/|application\/([a-z.+-]*json|javascript)|image\/svg\+xml)/.test(contentType);
}
