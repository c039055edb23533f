import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { actionPath, actionRig, linkTo, storedAction, storedDefinition } from "./action-rig.ts";
import { call, rig } from "./rig.ts";

const anything = storedDefinition({ type: "object" }, { accept: ["multipart/form-data", "application/x-www-form-urlencoded"] });
const form = storedAction({ requestBody: { required: true, definitions: [linkTo(anything)] } }, { definitions: [anything] });
const list = "1,".repeat(99_999);

const inQuery = (name: string, changes: object = {}) => ({
  name,
  in: "query" as const,
  required: false,
  type: "string" as const,
  ...changes,
});
/** Each default says the one before twice: a thousand million characters in all. */
const doubling = storedAction({
  parameters: Array.from({ length: 30 }, (_, at) => inQuery(`p${at}`, { default: at === 0 ? "x" : `{{ param.p${at - 1} }}`.repeat(2) })),
});
const repeating = storedAction({
  path: `/${"{{ param.id }}".repeat(140)}`,
  parameters: [{ name: "id", in: "path", required: true, type: "string" }],
});
const numbers = storedAction({ parameters: [inQuery("n", { type: "number", schema: { type: "array", items: { type: "number" } } })] });
const listed = storedAction({
  parameters: [inQuery("n", { type: "number", schema: { type: "array" }, default: Array.from({ length: 100_000 }, () => 1) })],
});
const many = storedAction({ parameters: Array.from({ length: 500 }, (_, at) => inQuery(`p${at}`)) });

describe("what a call of an action comes to (L-2)", () => {
  it.each<{ name: string; action: typeof form; body: string; status: number; code: string }>([
    {
      name: "a list in a form of parts with a long name",
      action: form,
      body: `{"contentType":"multipart/form-data","body":{"${"a".repeat(1000)}":[${list}1]}}`,
      status: 400,
      code: "invalid_request",
    },
    {
      name: "a list in a form with a long name",
      action: form,
      body: `{"contentType":"application/x-www-form-urlencoded","body":{"${"a".repeat(1000)}":[${list}1]}}`,
      status: 400,
      code: "invalid_request",
    },
    {
      name: "a form with more faults than stack",
      action: form,
      body: `{"contentType":"application/x-www-form-urlencoded","body":{"a":[${"{},".repeat(200_000)}1]}}`,
      status: 400,
      code: "invalid_request",
    },
    { name: "defaults that double each other", action: doubling, body: "{}", status: 422, code: "template_unresolved" },
    { name: "a default of a long list", action: listed, body: "{}", status: 422, code: "template_unresolved" },
    {
      name: "a value that the path repeats",
      action: repeating,
      body: JSON.stringify({ parameters: { id: "x".repeat(60_000) } }),
      status: 422,
      code: "template_unresolved",
    },
    {
      name: "numbers of many digits",
      action: numbers,
      body: `{"parameters":{"n":[${"1e308,".repeat(50_000)}1]}}`,
      status: 400,
      code: "invalid_request",
    },
    {
      name: "a hundred thousand unknown parameters",
      action: many,
      body: JSON.stringify({ parameters: Object.fromEntries(Array.from({ length: 80_000 }, (_, at) => [`q${at}`, 1])) }),
      status: 400,
      code: "invalid_request",
    },
  ])("is no more than a bound for $name", async ({ action, body, status, code }) => {
    const { invoke, seen } = await actionRig({ actions: { action } });
    const answer = await invoke("action", undefined, { body });
    expect(answer).toMatchObject({ status, error: { code } });
    expect(answer.error.fields?.length ?? 0).toBeLessThanOrEqual(200);
    expect(seen).toEqual([]);
  });

  it.each([
    { name: "a form", body: '{"contentType":"application/x-www-form-urlencoded","body":{"n":12345678901234567890,"a":DEEP}}' },
    { name: "a form of parts", body: '{"contentType":"multipart/form-data","body":{"a":{"b":DEEP}}}' },
  ])("is refused for $name that is nested too deeply", async ({ body }) => {
    const { invoke } = await actionRig({ actions: { form } });
    const answer = await invoke("form", undefined, { body: body.replace("DEEP", "[".repeat(50_000) + "]".repeat(50_000)) });
    expect(answer).toMatchObject({ status: 400, error: { code: "invalid_request", fields: [{ field: "body" }] } });
  });

  it("holds all of a list that is within it", async () => {
    const { invoke, seen } = await actionRig({ actions: { form }, upstream: (request, response) => void request.pipe(response) });
    const answer = await invoke("form", { contentType: "multipart/form-data", body: { a: Array.from({ length: 5_000 }, (_, at) => at) } });
    expect(seen).toHaveLength(1);
    expect(answer.body.toString().match(/name="a"/g)).toHaveLength(5_000);
  });
});

/** An answer as it comes over the wire. */
async function asSent(port: number, path: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`POST ${path} HTTP/1.1\r\nHost: mooring.test\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  let answer = "";
  for await (const piece of socket.setEncoding("latin1")) answer += piece;
  return answer;
}

const text = storedDefinition({ type: "array" });
const answering = storedAction({ responses: [{ definitions: [linkTo(text)] }] }, { definitions: [text] });

describe("an answer that is held to be checked (L-2)", () => {
  it("is kept as bytes, in however small pieces it comes", async () => {
    const pieces = 2_000;
    const { port } = await actionRig({
      actions: { answering },
      upstream: (_request, response) => {
        response.writeHead(200, { "content-type": "application/json", "transfer-encoding": "chunked" });
        response.flushHeaders();
        response.socket?.end(`${"1\r\n \r\n".repeat(pieces - 2)}1\r\n[\r\n1\r\n]\r\n0\r\n\r\n`);
      },
    });
    const answer = await asSent(port, `${actionPath("answering")}/invoke?validate=response`);
    expect(answer).toMatch(/mooring-response-valid: true/i);
    // The chunk has the whole length, 2000 in hexadecimal.
    expect(answer).toContain(`\r\n7d0\r\n${" ".repeat(pieces - 2)}[]\r\n0\r\n`);
  });

  it("has a place in memory for what it is when its coding is undone, or is not checked", async () => {
    const bomb = gzipSync(Buffer.alloc(10 * 1024 * 1024, " "));
    const release = Promise.withResolvers<[]>();
    let checks = 0;
    const { port } = await rig({
      actions: { answering },
      upstream: (_request, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
        response.end(bomb);
      },
      sandbox: {
        validate() {
          checks += 1;
          return release.promise;
        },
        validateXml: () => release.promise,
      },
    });
    const calls = Array.from({ length: 14 }, () => call(port, `${actionPath("answering")}/invoke?validate=response`, { method: "POST" }));
    const first = await Promise.race(calls);
    release.resolve([]);
    const all = await Promise.all(calls);
    expect(first.headers).toMatchObject({ "mooring-response-valid": "unchecked" });
    expect(checks).toBeLessThanOrEqual(12);
    expect(all.every(({ status, body }) => status === 200 && body.equals(bomb))).toBe(true);
  });
});
