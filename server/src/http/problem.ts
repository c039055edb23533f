import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "../kernel/errors.ts";
import type { Log } from "../kernel/log.ts";

/** The one mapper from what is thrown to what is answered. Anything that is not a `Problem` is a 500 that says nothing but its request id. */
export function createProblemHandler(log: Log) {
  return (error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void => {
    const problem = error instanceof Problem ? error : (ofFramework(error) ?? new Problem("internal", { cause: error }));
    // Refusals for want of room are many, and a line for each would be a load of its own.
    if (problem.status >= 500 && problem.code !== "overloaded") {
      log.error(problem.code, { requestId: request.id, method: request.method, status: problem.status, error: problem.cause ?? problem });
    }
    if (problem.retryAfterSeconds !== undefined) void reply.header("retry-after", String(problem.retryAfterSeconds));
    if (problem.status === 401) void reply.header("www-authenticate", "Bearer");
    void reply
      .code(problem.status)
      .type("application/json; charset=utf-8")
      .send(JSON.stringify(answerOf(problem)));
  };
}

/** A problem in the contract's shape. */
function answerOf({ code, message, fields, members }: Problem): Record<string, unknown> {
  return { code, message, ...(fields ? { fields } : {}), ...members };
}

/** What Fastify throws before a handler is reached, by its code. */
function ofFramework(error: Error): Problem | undefined {
  const code = "code" in error ? error.code : undefined;
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new Problem("too_large", { message: "The body is larger than 1 MiB." });
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new Problem("unsupported_media_type");
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return new Problem("invalid_request", { message: "Content-Length does not fit the body." });
    case "FST_ERR_BAD_URL":
    case "FST_ERR_NOT_FOUND":
    case "FST_ERR_ROUTE_MISSING_HANDLER":
      return new Problem("not_found");
    default:
      return undefined;
  }
}
