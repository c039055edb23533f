import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { describe, expect, it } from "vitest";
import { actionRig, linkTo, storedAction, storedDefinition } from "./action-rig.ts";

const order = storedDefinition({
  type: "object",
  required: ["id"],
  properties: { id: { type: "integer" }, name: { type: "string", pattern: "^a" } },
});
const note = storedDefinition({ type: "string", maxLength: 3 }, { accept: ["text/plain"] });
const page = storedDefinition({ type: "object" }, { accept: ["application/xml"] });
const action = storedAction(
  {
    method: "GET",
    responses: [
      { status: 200, definitions: [linkTo(order), linkTo(note), linkTo(page)] },
      { status: 204, definitions: [] },
      { status: 404, definitions: [] },
    ],
  },
  { definitions: [order, note, page] },
);

interface Said {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly actions?: { action: typeof action };
}

async function checked({ status = 200, type = "application/json", body = "", headers = {}, actions = { action } }: Said) {
  const made = await actionRig({
    actions,
    upstream: (_request, response) => {
      response.writeHead(status, { ...(type !== "" && { "content-type": type }), ...headers });
      response.end(body);
    },
  });
  const answer = await made.invoke("action", {}, { query: "?validate=response" });
  const faults = answer.headers["mooring-response-faults"];
  return {
    answer,
    valid: answer.headers["mooring-response-valid"],
    faults: JSON.parse(String(faults ?? "[]")) as { field: string; message: string }[],
  };
}

describe("an answer that is held against its action", () => {
  it.each<Said & { name: string; valid: string; fields?: string[] }>([
    { name: "fits", body: '{"id":1}', valid: "true" },
    { name: "has every fault told", body: '{"id":"1","name":"b"}', valid: "false", fields: ["body.id", "body.name"] },
    { name: "lacks what is required", body: "{}", valid: "false", fields: ["body.id"] },
    { name: "is no JSON", body: "{", valid: "false", fields: ["body"] },
    { name: "is nothing where something is described", body: "", valid: "false", fields: ["body"] },
    { name: "is no UTF-8", body: Buffer.from([0x22, 0xff, 0x22]), valid: "false", fields: ["body"] },
    { name: "has another status", status: 500, body: '{"id":1}', valid: "false", fields: ["status"] },
    { name: "has another media type", type: "text/html", body: "<p>", valid: "false", fields: ["contentType"] },
    { name: "has no media type", type: "", body: "{}", valid: "false", fields: ["contentType"] },
    { name: "is text that fits", type: "text/plain; charset=utf-8", body: "abc", valid: "true" },
    { name: "is text that does not", type: "text/plain", body: "abcd", valid: "false", fields: ["body"] },
    { name: "has no body and needs none", status: 204, type: "", valid: "true" },
    { name: "has a body of which nothing is said", status: 404, body: "gone", valid: "unchecked", fields: [""] },
    { name: "is XML, which a schema of JSON says nothing of", type: "application/xml", body: "<a/>", valid: "unchecked", fields: [""] },
    { name: "is in another charset", type: "application/json; charset=utf-16", body: "{}", valid: "unchecked", fields: [""] },
    { name: "has a coding that nobody knows", headers: { "content-encoding": "compress" }, body: "{}", valid: "unchecked", fields: [""] },
    { name: "has a coding it has not", headers: { "content-encoding": "gzip" }, body: "{}", valid: "unchecked", fields: [""] },
    { name: "claims its own verdict", body: "{}", headers: { "mooring-response-valid": "true" }, valid: "false", fields: ["body.id"] },
  ])("$name", async ({ valid, fields = [], ...said }) => {
    const found = await checked(said);
    expect(found.answer).toMatchObject({ status: said.status ?? 200, headers: { "mooring-origin": "upstream" } });
    expect(found.valid).toBe(valid);
    expect(found.faults.map(({ field }) => field).sort()).toEqual(fields);
    expect(found.answer.body).toEqual(Buffer.from(said.body ?? ""));
  });

  it.each([
    ["gzip", zlib.gzip],
    ["br", zlib.brotliCompress],
    ["zstd", zlib.zstdCompress],
    ["deflate", zlib.deflate],
  ] as const)("is read through its coding, %s, and given on as it came", async (coding, compress) => {
    const body = (await promisify(compress as typeof zlib.gzip)(Buffer.from('{"id":"1"}'))) as Buffer;
    const found = await checked({ body, headers: { "content-encoding": coding } });
    expect([found.valid, found.faults.map(({ field }) => field)]).toEqual(["false", ["body.id"]]);
    expect(found.answer.body).toEqual(body);
    expect(found.answer.headers["content-encoding"]).toBe(coding);
  });

  it.each([
    ["<a>1</a>", "true"],
    ["<a>x</a>", "false"],
    ["<a>", "false"],
  ])("of XML is held against an XML Schema: %s", async (body, valid) => {
    const xsd = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="xs:int"/></xs:schema>`;
    const schema = storedDefinition(xsd, { accept: ["text/xml"], contentType: "text/xml" });
    const typed = storedAction({ method: "GET", responses: [{ definitions: [linkTo(schema)] }] }, { definitions: [schema] });
    expect(await checked({ type: "text/xml", body, actions: { action: typed } })).toMatchObject({ valid });
  });

  it("is not unpacked beyond its bound", async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(await checked({ body: bomb, headers: { "content-encoding": "gzip" } })).toMatchObject({ valid: "unchecked" });
  });

  it("is given on as it comes when it is too long to be held", async () => {
    const body = Buffer.alloc(11 * 1024 * 1024, " ");
    const found = await checked({ body });
    expect(found).toMatchObject({ valid: "unchecked", faults: [{ field: "" }] });
    expect(found.answer.body.equals(body)).toBe(true);
  });

  it("has its faults told in letters of ASCII, as many as there is room for", async () => {
    const many = storedDefinition({ type: "object", additionalProperties: { type: "string" } });
    const wide = storedAction({ method: "GET", responses: [{ definitions: [linkTo(many)] }] }, { definitions: [many] });
    const body = JSON.stringify(Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`ключ-${at}`, at])));
    const { answer, valid, faults } = await checked({ body, actions: { action: wide } });
    const text = String(answer.headers["mooring-response-faults"]);
    expect(valid).toBe("false");
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(faults.length).toBeGreaterThan(20);
    expect(faults[0]?.field).toBe("body.ключ-0");
  });

  it("is not checked where the action says nothing of answers, nor where nobody asks", async () => {
    const silent = storedAction({ method: "GET" });
    expect(await checked({ body: "{}", actions: { action: silent } })).toMatchObject({ valid: "unchecked" });
    const { invoke, validations } = await actionRig({ actions: { action }, upstream: (_request, response) => void response.end("{}") });
    expect((await invoke("action", {})).headers).not.toHaveProperty("mooring-response-valid");
    expect(validations()).toBe(0);
  });

  it("is a failure of the gateway when it breaks off, and nothing of it is given on", async () => {
    const { invoke } = await actionRig({
      actions: { action },
      upstream: (_request, response) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "10" });
        response.write("{", () => response.destroy());
      },
    });
    const answer = await invoke("action", {}, { query: "?validate=response" });
    expect(answer).toMatchObject({ status: 502, error: { code: "upstream_unreachable" } });
  });
});
