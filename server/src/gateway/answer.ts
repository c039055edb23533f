import type { ServerResponse } from "node:http";
import type { Problem } from "../kernel/errors.ts";

/** Answers a failure of ours in the contract's shape; gives the bytes of its body. Never holds what an upstream said. Does nothing when an answer has begun. */
export function answerProblem(response: ServerResponse, problem: Problem, requestId: string): number {
  if (response.headersSent || response.destroyed) return 0;
  const { code, message, fields, status, retryAfterSeconds } = problem;
  const body = Buffer.from(JSON.stringify({ code, message, ...(fields ? { fields } : {}) }));
  const headers = headersOf(body, requestId);
  if (code === "ambiguous_request") headers.push("connection", "close");
  if (status === 401) headers.push("www-authenticate", "Bearer");
  if (status === 405) headers.push("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  if (retryAfterSeconds !== undefined) headers.push("retry-after", String(retryAfterSeconds));
  response.writeHead(status, headers);
  response.end(body);
  return response.req.method === "HEAD" ? 0 : body.length;
}

/** Answers with something of ours that is no failure. Does nothing when the caller has gone. */
export function answerJson(response: ServerResponse, value: object, requestId: string): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(200, headersOf(body, requestId));
  response.end(body);
}

const headersOf = (body: Buffer, requestId: string) => [
  "content-type",
  "application/json; charset=utf-8",
  "content-length",
  String(body.length),
  "cache-control",
  "no-store",
  "x-content-type-options",
  "nosniff",
  "content-security-policy",
  "sandbox",
  "mooring-origin",
  "gateway",
  "mooring-request-id",
  requestId,
];
