import { Problem } from "../kernel/errors.ts";

/**
 * What to answer for a failed call: egress_denied, upstream_unreachable, upstream_timeout, overloaded, or invalid_request for what
 * HTTP cannot carry. The message holds nothing of the request, so no secret. An error that no call ends with is `internal`.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = codeOf(error);
  const known = calls[code];
  if (known) return new Problem(known.code, { message: known.message, cause: error });
  if (/^(HPE_|UND_ERR_|E[A-Z]+$|ERR_SSL_|ERR_HTTP2_)/.test(code))
    return new Problem("upstream_unreachable", { message: unreachable(code), cause: error });
  return new Problem("internal", { cause: error });
}

/** Whether a call failed because its connection, or its stream on one, ended: the outside system may have acted, and gave no answer. */
export const isConnectionLost = (error: unknown): boolean => lost.has(codeOf(error)) || codeOf(error).startsWith("ERR_HTTP2_");

// UND_ERR_INFO is what undici says of a stream of HTTP/2 that was closed.
const lost = new Set(["UND_ERR_SOCKET", "UND_ERR_INFO", "ECONNRESET", "EPIPE"]);

const broken = {
  code: "upstream_unreachable",
  message: "The outside system closed the connection before its answer was complete.",
} as const;
const impossible = {
  code: "invalid_request",
  message: "A header, the path or the method of the request cannot be sent over HTTP.",
} as const;

const calls: Readonly<
  Record<string, { code: "upstream_timeout" | "upstream_unreachable" | "invalid_request"; message: string } | undefined>
> = {
  UND_ERR_HEADERS_TIMEOUT: { code: "upstream_timeout", message: "The outside system took the request and did not answer in time." },
  UND_ERR_BODY_TIMEOUT: { code: "upstream_timeout", message: "The outside system stopped in the middle of its answer." },
  ETIMEDOUT: { code: "upstream_timeout", message: "The connection to the outside system went silent." },
  UND_ERR_SOCKET: broken,
  UND_ERR_INFO: broken,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: broken,
  ECONNRESET: broken,
  EPIPE: broken,
  UND_ERR_HEADERS_OVERFLOW: { code: "upstream_unreachable", message: "The headers of the answer are larger than 32 KiB." },
  UND_ERR_INVALID_ARG: impossible,
  UND_ERR_NOT_SUPPORTED: impossible,
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: { code: "invalid_request", message: "The body is not as long as Content-Length says." },
};

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  // undici leaves the code of some of them out.
  return error.name === "HTTPParserError" ? "HPE_INVALID" : "";
}

function unreachable(code: string): string {
  return code.startsWith("HPE_")
    ? `The answer of the outside system is not valid HTTP/1.1 (${code}).`
    : `The connection to the outside system failed (${code}).`;
}
