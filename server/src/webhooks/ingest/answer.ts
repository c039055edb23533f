import type { ServerResponse } from "node:http";
import type { Problem } from "../../kernel/errors.ts";
import type { ReadyTarget } from "./targets.ts";

/** Answers who sent an event that is kept, as its trigger says. Does nothing when the sender has gone. */
export function answerKept(response: ServerResponse, { status }: Pick<ReadyTarget, "status">, { id, requestId }: Kept): void {
  if (response.headersSent || response.destroyed) return;
  // RFC 9110 sections 15.3.5 and 15.3.6: neither has content.
  if (status === 204 || status === 205) {
    response.writeHead(status, [...always(requestId), ...(status === 205 ? ["content-length", "0"] : [])]);
    response.end();
    return;
  }
  const body = `{"id":"${id}"}`;
  response.writeHead(status, [...always(requestId), "content-type", json, "content-length", String(body.length)]);
  response.end(body);
}

/** Answers who proves an address with the text that it sent. Does nothing when the sender has gone. */
export function answerChallenge(response: ServerResponse, text: string, requestId: string): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(text);
  // A browser that was led here shows what somebody else wrote as text, and runs nothing of it.
  const asText = [
    "content-type",
    "text/plain; charset=utf-8",
    "content-security-policy",
    "default-src 'none'; sandbox; frame-ancestors 'none'",
  ];
  response.writeHead(200, [...always(requestId), ...asText, "content-length", String(body.length)]);
  response.end(body);
}

interface Kept {
  readonly id: string;
  readonly requestId: string;
}

/** Answers a refusal in the contract's shape. Does nothing when an answer has begun. */
export function answerProblem(
  response: ServerResponse,
  problem: Problem,
  { requestId, ready }: { readonly requestId: string; readonly ready: ReadyTarget | undefined },
): void {
  if (response.headersSent || response.destroyed) return;
  const { code, message, fields, status, retryAfterSeconds } = problem;
  const body = Buffer.from(JSON.stringify({ code, message, ...(fields ? { fields } : {}) }));
  const headers = [...always(requestId), "content-type", json, "content-length", String(body.length)];
  if (code === "ambiguous_request" || code === "too_slow") headers.push("connection", "close");
  if (status === 401 && ready) headers.push("www-authenticate", ready.challenge);
  if (status === 405 && ready) headers.push("allow", ready.method);
  if (retryAfterSeconds !== undefined) headers.push("retry-after", String(retryAfterSeconds));
  response.writeHead(status, headers);
  response.end(body);
}

const json = "application/json; charset=utf-8";

const always = (requestId: string) => ["mooring-request-id", requestId, "cache-control", "no-store", "x-content-type-options", "nosniff"];
