import { describe, expect, it } from "vitest";
import { actionRig, fieldsOf, linkTo, storedAction, storedDefinition } from "./action-rig.ts";
import { valuesOf } from "./rig.ts";

const types = [
  "application/vnd.a+json",
  "application/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
  "text/plain",
  "application/xml",
  "image/*",
  "application/octet-stream",
];
const anything = storedDefinition({}, { accept: types });
const action = storedAction({ requestBody: { required: true, definitions: [linkTo(anything)] } }, { definitions: [anything] });

/** A gateway whose upstream keeps the bodies it was sent. */
async function receiving(actions = { action }) {
  const bodies: Buffer[] = [];
  const made = await actionRig({
    actions,
    upstream: (request, response) => {
      request.toArray().then((pieces) => {
        bodies.push(Buffer.concat(pieces));
        response.end();
      });
    },
  });
  const typeOf = (at = 0) => valuesOf(made.seen[at] ?? { rawHeaders: [] }, "content-type")[0];
  return { ...made, bodies, typeOf };
}

describe("the body of a called action", () => {
  it.each([
    { body: '{"a": 1.10, "b":[ ]}', sent: '{"a": 1.10, "b":[ ]}', type: "application/vnd.a+json" },
    { contentType: "application/json; charset=utf-8", body: '"ä"', sent: '"ä"' },
    {
      contentType: "application/x-www-form-urlencoded",
      body: '{"a b":"&=+ä","n":12345678901234567890,"t":true,"l":["x","y"]}',
      sent: "a%20b=%26%3D%2B%C3%A4&n=12345678901234567890&t=true&l=x&l=y",
    },
    { contentType: "text/plain", body: '"a\\nb"', sent: "a\nb" },
    { contentType: "application/xml", body: '"<a>1</a>"', sent: "<a>1</a>" },
    { contentType: "image/png", body: '{"base64":"AP8="}', sent: Buffer.from([0, 255]) },
  ])("is written as $contentType says", async ({ contentType, body, sent, type }) => {
    const { invoke, bodies, typeOf } = await receiving();
    const answer = await invoke("action", undefined, { body: `{"body":${body}${contentType ? `,"contentType":"${contentType}"` : ""}}` });
    expect(answer.status, answer.body.toString()).toBe(200);
    expect(bodies).toEqual([Buffer.from(sent)]);
    expect(typeOf()).toBe(type ?? contentType);
  });

  it("is a form of parts that others read as it was given, whatever the names hold", async () => {
    const { invoke, bodies, typeOf } = await receiving();
    const file = { base64: Buffer.from("a\r\n--b\r\n").toString("base64"), filename: 'a"\r\nX: y.txt', contentType: "text/x" };
    const body = { text: "ä\r\n", n: 1, list: ["a", file], nested: { a: [1] }, 'na"me\r\n': "x" };
    const answer = await invoke("action", { contentType: "multipart/form-data", body });
    expect(answer.status, answer.body.toString()).toBe(200);
    const form = await new Response(new Uint8Array(bodies[0] ?? []), { headers: { "content-type": typeOf() ?? "" } }).formData();
    const [first, second] = form.getAll("list") as [string, File];
    expect([form.get("text"), form.get("n"), first, await second.text(), second.type, form.get("nested")]).toEqual([
      "ä\r\n",
      "1",
      "a",
      "a\r\n--b\r\n",
      "text/x",
      '{"a":[1]}',
    ]);
    expect([...form.keys()]).toHaveLength(6);
  });

  it.each([
    { contentType: "application/x-www-form-urlencoded", body: [], fields: ["body"] },
    { contentType: "application/x-www-form-urlencoded", body: { a: {}, b: null, c: ["x", []] }, fields: ["body.a", "body.b", "body.c[1]"] },
    { contentType: "multipart/form-data", body: "a", fields: ["body"] },
    {
      contentType: "multipart/form-data",
      body: { a: null, f: { base64: "?" }, g: { base64: "", more: 1 }, h: [[1]], i: { base64: "", contentType: "a\r\nb" } },
      fields: ["body.a", "body.f", "body.g", "body.h[0]", "body.i"],
    },
    { contentType: "text/plain", body: { a: 1 }, fields: ["body"] },
    { contentType: "text/plain", body: "\ud800", fields: ["body"] },
    { contentType: "text/plain; charset=utf-16", body: "a", fields: ["contentType"] },
    { contentType: "application/xml", body: 1, fields: ["body"] },
    { contentType: "image/png", body: "AP8=", fields: ["body"] },
    { contentType: "image/png", body: { base64: "AP8" }, fields: ["body"] },
    { contentType: "image/png", body: { base64: "A P=" }, fields: ["body"] },
    { contentType: "image/png", body: { base64: "AP8=", filename: "a" }, fields: ["body"] },
    { contentType: "image/*", body: { base64: "" }, fields: ["contentType"] },
    { contentType: "video/mp4", body: { base64: "" }, fields: ["contentType"] },
  ])("is refused as $contentType when it is $body", async ({ contentType, body, fields }) => {
    const { invoke, seen } = await receiving();
    const answer = await invoke("action", { contentType, body });
    expect(answer).toMatchObject({ status: 400, error: { code: "invalid_request" } });
    expect(fieldsOf(answer)).toEqual(fields);
    expect(seen).toEqual([]);
  });

  it("of a form is held against its definition, a file as its text in base64", async () => {
    const schema = storedDefinition(
      { type: "object", required: ["file"], properties: { file: { type: "string", format: "binary" }, n: { type: "integer" } } },
      { accept: ["multipart/form-data"] },
    );
    const upload = storedAction({ requestBody: { required: true, definitions: [linkTo(schema)] } }, { definitions: [schema] });
    const { invoke, seen } = await receiving({ action: upload });
    expect(fieldsOf(await invoke("action", { body: { n: "1" } }))).toEqual(["body.file", "body.n"]);
    expect(seen).toEqual([]);
    expect((await invoke("action", { body: { n: 1, file: { base64: "" } } })).status).toBe(200);
  });

  it("of XML is held against an XML Schema", async () => {
    const xsd = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="xs:int"/></xs:schema>`;
    const schema = storedDefinition(xsd, { accept: ["application/xml"], contentType: "text/xml" });
    const document = { requestBody: { required: true, definitions: [linkTo(schema)] }, responses: [{ definitions: [linkTo(schema)] }] };
    const { invoke, bodies } = await receiving({ action: storedAction(document, { definitions: [schema] }) });
    const refused = await invoke("action", { body: "<a>x</a>" });
    expect(refused).toMatchObject({ status: 400, error: { code: "invalid_request" } });
    expect(fieldsOf(refused)[0]).toMatch(/^body/);
    expect((await invoke("action", { body: "<a>1</a>" })).status).toBe(200);
    expect(bodies).toEqual([Buffer.from("<a>1</a>")]);
  });

  it("of XML is not held against a schema of JSON", async () => {
    const schema = storedDefinition({ type: "object" }, { accept: ["application/xml"] });
    const xml = storedAction({ requestBody: { required: true, definitions: [linkTo(schema)] } }, { definitions: [schema] });
    const { invoke } = await receiving({ action: xml });
    expect((await invoke("action", { body: "<a/>" })).status).toBe(200);
  });

  it("counts only for the media types that the link to its definition counts for", async () => {
    const narrow = storedAction(
      { requestBody: { required: false, definitions: [linkTo(anything, ["text/plain"])] } },
      { definitions: [anything] },
    );
    const { invoke, typeOf } = await receiving({ action: narrow });
    expect(fieldsOf(await invoke("action", { body: {}, contentType: "application/json" }))).toEqual(["contentType"]);
    expect((await invoke("action", { body: "a" })).status).toBe(200);
    expect(typeOf()).toBe("text/plain");
    expect((await invoke("action", {})).status).toBe(200);
    expect(typeOf(1)).toBeUndefined();
  });

  it.each(["{", '{"a":1,"a":2}', '{"__proto__":{}}', "[1,]", "nul", '"a', "01"])(
    "is never JSON that others might read in another way: %s",
    async (body) => {
      const { invoke, seen } = await receiving();
      const answer = await invoke("action", undefined, { body: `{"body":${body}}` });
      expect(answer.status).toBe(400);
      expect(seen).toEqual([]);
    },
  );
});
