import { describe, expect, test } from "vitest";
import { etagOf } from "../../src/domain/etag.ts";
import { checkedAnswer } from "./answers.ts";

const times = { createdAt: "2026-01-02T03:04:05.678Z", updatedAt: "2026-01-02T03:04:05.678Z" };
const credential = { id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", type: "string", name: "key", data: { value: "********" }, usages: [], ...times };
const error = { code: "not_found", message: "There is nothing at this address." };

/** A good answer to GetCredential, with these differences. */
function answer({
  status = 200,
  body = credential as unknown,
  headers = {},
}: {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}) {
  const text = JSON.stringify(body);
  const good = {
    "mooring-request-id": "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    etag: etagOf(JSON.parse(text)),
  };
  return () => checkedAnswer("GetCredential", { status, headers: new Headers({ ...good, ...headers }), text });
}

describe("the client of the tests", () => {
  test("takes a good answer, of success and of failure", () => {
    expect(answer({})().body).toEqual(credential);
    expect(answer({ status: 404, body: error })().error).toEqual(error);
  });

  test.each([
    ["a status that is not the operation's", { status: 201 }, /success is 200/],
    ["a secret that is not masked", { body: { ...credential, data: { value: "open" } } }, /not masked/],
    ["a property that the contract does not have", { body: { ...credential, sealed: "x" } }, /additional properties/],
    ["a missing property", { body: { ...credential, name: undefined } }, /'name'/],
    ["a time in another form", { body: { ...credential, createdAt: "yesterday" } }, /date-time/],
    ["no request id", { headers: { "mooring-request-id": "" } }, /Mooring-Request-Id/],
    ["another content type", { headers: { "content-type": "text/html" } }, /text\/html/],
    ["a weak or foreign tag", { headers: { etag: 'W/"x"' } }, /ETag/],
    ["an answer that a cache may keep", { headers: { "cache-control": "max-age=60" } }, /cache/],
    ["an error without a code", { status: 404, body: { message: "x" } }, /'code'/],
    ["an error with the code of another status", { status: 400, body: error }, /does not belong to 400/],
    ["an error that says more than it may", { status: 404, body: { ...error, stack: "at x" } }, /additional properties/],
    ["a 401 that names no scheme", { status: 401, body: { ...error, code: "unauthenticated" } }, /scheme/],
  ])("refuses %s", (_name, differences, complaint) => {
    expect(answer(differences)).toThrow(complaint);
  });
});
