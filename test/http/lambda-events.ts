import type { LambdaEvent } from "hono/aws-lambda";

type APIGatewayProxyEventV2 = Extract<LambdaEvent, { rawPath: string }>;
type ALBProxyEvent = Extract<LambdaEvent, { requestContext: { elb: unknown } }>;

type Options = { readonly base64?: boolean; readonly query?: string };

const encode = (body: string | undefined, base64: boolean) =>
  body === undefined ? null : base64 ? Buffer.from(body).toString("base64") : body;

/** An event of an API Gateway HTTP API, payload version 2.0, with the keys that AWS documents for it. */
export function gatewayEvent(
  method: string,
  path: string,
  body?: string,
  { base64 = false, query = "" }: Options = {},
): APIGatewayProxyEventV2 {
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    headers: {
      "content-type": "application/json",
      host: "abc.execute-api.eu-west-3.amazonaws.com",
      "x-forwarded-proto": "https",
    },
    requestContext: {
      accountId: "123456789012",
      apiId: "abc",
      authentication: null,
      authorizer: {},
      domainName: "abc.execute-api.eu-west-3.amazonaws.com",
      domainPrefix: "abc",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "test" },
      requestId: "JKJaXmPLvHcESHA=",
      routeKey: "$default",
      stage: "$default",
      time: "22/Nov/2026:09:30:00 +0000",
      timeEpoch: 1_795_340_000_000,
    },
    body: encode(body, base64),
    isBase64Encoded: base64,
  };
}

/** An event of a function URL: the same payload version under another domain. */
export function functionUrlEvent(
  method: string,
  path: string,
  body?: string,
  options?: Options,
): APIGatewayProxyEventV2 {
  const event = gatewayEvent(method, path, body, options);
  const domainName = "abcdefghij.lambda-url.eu-west-3.on.aws";
  return {
    ...event,
    headers: { ...event.headers, host: domainName },
    requestContext: { ...event.requestContext, apiId: "abcdefghij", domainName, domainPrefix: "abcdefghij" },
  };
}

/** An event of an application load balancer. */
export function albEvent(
  method: string,
  path: string,
  body?: string,
  { base64 = false, query = "" }: Options = {},
): ALBProxyEvent {
  return {
    requestContext: {
      elb: { targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/a/b" },
    },
    httpMethod: method,
    path,
    queryStringParameters: Object.fromEntries(new URLSearchParams(query)),
    headers: { "content-type": "application/json", host: "lb.example.org" },
    body: encode(body, base64),
    isBase64Encoded: base64,
  };
}
