import type { Answer } from "./answer.ts";
import type { AskEvent, AskRequest } from "./answer-question.ts";
import type { Slots } from "./http/create-slots.ts";
import type { Logger } from "./operations/logger.ts";
import type { Metrics } from "./operations/metrics.ts";

/** What the routes are given: functions and plain values, so that a route can be read and tested without what is behind it. */
export type AppDeps = {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly slots: Slots;
  readonly limits: Limits;
  /** Version of this program, as in package.json. */
  readonly version: string;
  readonly answerQuestion: (request: AskRequest) => AsyncGenerator<AskEvent, void>;
  readonly observeAnswer: (answer: Answer) => void;
};

export type Limits = {
  readonly askDeadlineMs: number;
  readonly requestDeadlineMs: number;
  readonly heartbeatMs: number;
  readonly maxDocumentBytes: number;
  readonly maxImportBytes: number;
};
