import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { actionPath, actionRig, fieldsOf, linkTo, storedAction, storedDefinition } from "./action-rig.ts";
import { apiKey, basicAuth, call, canary, valuesOf } from "./rig.ts";

const address = storedDefinition({
  type: "object",
  required: ["city"],
  properties: { city: { type: "string", minLength: 1 }, zip: { type: "string", pattern: "^\\d{5}$" } },
  additionalProperties: false,
});
const order = storedDefinition({
  type: "object",
  required: ["address", "lines"],
  properties: {
    address: { $ref: `mooring:${address.id}` },
    lines: {
      type: "array",
      items: { type: "object", required: ["sku"], properties: { sku: { type: "string" }, count: { type: "integer" } } },
    },
  },
});

/** Something of everything. */
const createOrder = storedAction(
  {
    method: "POST",
    path: "/shops/{{ param.shop }}/orders",
    parameters: [
      { name: "shop", in: "path", required: true, type: "string" },
      { name: "limit", in: "query", required: false, type: "integer", default: 20, schema: { type: "integer", minimum: 1, maximum: 100 } },
      { name: "tag", in: "query", required: false, type: "string", schema: { type: "array", items: { type: "string" } } },
      { name: "dry", in: "query", required: false, type: "boolean" },
      { name: "ratio", in: "query", required: false, type: "number" },
      { name: "state", in: "query", required: false, type: "string", schema: { type: "string", enum: ["open", "done"] } },
      { name: "X-Trace", in: "header", required: true, type: "string" },
      { name: "session", in: "cookie", required: false, type: "string" },
      { name: "id", in: "query", required: false, type: "string" },
      { name: "id", in: "header", required: false, type: "string" },
    ],
    requestBody: { required: true, definitions: [linkTo(order)] },
  },
  { definitions: [address, order] },
);

const good = { parameters: { shop: "s1", "X-Trace": "t" }, body: { address: { city: "Bern" }, lines: [] } };

/** Answers with what it was sent. */
const echo = (request: IncomingMessage, response: ServerResponse) => void request.pipe(response);

describe("an action that is called", () => {
  it("is sent as it says, with the input in its places, credentials and all", async () => {
    const { invoke, seen } = await actionRig({
      actions: { createOrder },
      upstream: echo,
      snapshot: { credentials: [apiKey("query", "key"), apiKey("cookie", "sid")] },
    });
    const body = '{ "address": {"city": "Zürich"}, "lines": [{"sku":"a","count":12345678901234567890}] }';
    const parameters = {
      shop: "a/b c",
      limit: 5,
      tag: ["x,y", "&z"],
      dry: false,
      ratio: 0.5,
      state: "open",
      "X-Trace": "t",
      session: "s",
      "query.id": "1",
      "header.id": "2",
    };
    const answer = await invoke("createOrder", undefined, { body: `{"parameters":${JSON.stringify(parameters)},"body":${body}}` });
    expect(answer.body.toString()).toBe(body);
    expect(answer).toMatchObject({ status: 200, headers: { "mooring-origin": "upstream" } });
    expect(seen).toMatchObject([
      { method: "POST", url: `/shops/a%2Fb%20c/orders?limit=5&tag=x%2Cy&tag=%26z&dry=false&ratio=0.5&state=open&id=1&key=${canary}` },
    ]);
    const [sent = { rawHeaders: [] }] = seen;
    expect(valuesOf(sent, "x-trace")).toEqual(["t"]);
    expect(valuesOf(sent, "id")).toEqual(["2"]);
    expect(valuesOf(sent, "cookie")).toEqual([`session=s; sid=${canary}`]);
    expect(valuesOf(sent, "content-type")).toEqual(["application/json"]);
    expect(valuesOf(sent, "content-length")).toEqual([String(Buffer.byteLength(body))]);
  });

  it("takes defaults, and variables that the call brings, for what is left out", async () => {
    const action = storedAction({
      method: "GET",
      path: "/{{ env.tenant }}/{{ param.id }}",
      parameters: [
        { name: "id", in: "path", required: true, type: "string" },
        { name: "page", in: "query", required: true, type: "integer", default: "{{ env.page }}" },
        { name: "of", in: "query", required: false, type: "string", default: "{{ param.id }}-{{ env.tenant }}" },
        { name: "none", in: "query", required: false, type: "string" },
      ],
    });
    const { invoke, seen } = await actionRig({
      actions: { action },
      snapshot: {
        variables: new Map([
          ["tenant", "{{ env.page }}"],
          ["page", "1"],
        ]),
      },
    });
    await invoke("action", { parameters: { id: "{{ env.page }}" } });
    await invoke("action", { parameters: { id: "7" } }, { headers: ["Mooring-Variables", "page=2&tenant=a%2Fb"] });
    const literal = "%7B%7B%20env.page%20%7D%7D";
    expect(seen.map(({ url }) => url)).toEqual([`/${literal}/${literal}?page=1&of=${literal}-${literal}`, "/a%2Fb/7?page=2&of=7-a%2Fb"]);
  });

  it("says every fault of its input at once, and sends nothing", async () => {
    const { invoke, seen } = await actionRig({ actions: { createOrder } });
    const input = {
      parameters: { limit: "5", tag: "x", dry: "yes", ratio: true, state: "gone", session: "a b", id: "1", nope: 1, "X-Trace": "a\nb" },
      body: { address: { zip: "1", street: "x" }, lines: [{ count: 1.5 }] },
      contentType: "application/json",
      extra: 1,
    };
    const answer = await invoke("createOrder", input);
    expect(answer).toMatchObject({ status: 400, error: { code: "invalid_request" }, headers: { "mooring-origin": "gateway" } });
    expect(fieldsOf(answer)).toEqual([
      "body.address.city",
      "body.address.street",
      "body.address.zip",
      "body.lines[0].count",
      "body.lines[0].sku",
      "extra",
      "parameters.X-Trace",
      "parameters.dry",
      "parameters.id",
      "parameters.limit",
      "parameters.nope",
      "parameters.ratio",
      "parameters.session",
      "parameters.shop",
      "parameters.state",
      "parameters.tag",
    ]);
    expect(seen).toEqual([]);
  });

  it.each([
    { name: "no text for a number", parameters: { limit: "5" }, field: "parameters.limit" },
    { name: "no fraction for a whole number", parameters: { limit: 1.5 }, field: "parameters.limit" },
    { name: "nothing beyond a schema's bounds", parameters: { limit: 101 }, field: "parameters.limit" },
    { name: "nothing that a schema does not list", parameters: { state: "other" }, field: "parameters.state" },
    { name: "no null", parameters: { dry: null }, field: "parameters.dry" },
    { name: "no list for one", parameters: { id: [] }, field: "parameters.id" },
    { name: "no one for a list", parameters: { tag: "a" }, field: "parameters.tag" },
    { name: "no empty list", parameters: { tag: [] }, field: "parameters.tag" },
    { name: "no number in a list of texts", parameters: { tag: ["a", 1] }, field: "parameters.tag" },
    { name: "no dots for a segment", parameters: { shop: ".." }, field: "parameters.shop" },
    { name: "no empty segment", parameters: { shop: "" }, field: "parameters.shop" },
    { name: "no line break in a header", parameters: { "X-Trace": "a\r\nX: y" }, field: "parameters.X-Trace" },
    { name: "no semicolon in a cookie", parameters: { session: "a;b=c" }, field: "parameters.session" },
    { name: "no name that several places share", parameters: { id: "1" }, field: "parameters.id" },
    { name: "no name of an object's own", parameters: { valueOf: "1" }, field: "parameters.valueOf" },
  ] as { name: string; parameters: Record<string, unknown>; field: string }[])("takes $name", async ({ parameters, field }) => {
    const { invoke, seen } = await actionRig({ actions: { createOrder } });
    const answer = await invoke("createOrder", { ...good, parameters: { ...good.parameters, ...parameters } });
    expect(answer).toMatchObject({ status: 400, error: { code: "invalid_request" } });
    expect(fieldsOf(answer)).toEqual([field]);
    expect(seen).toEqual([]);
  });

  const text = (value: string) => ({ body: value });
  it.each([
    { name: "no JSON", ...text("{"), status: 400, code: "malformed_body" },
    { name: "bytes that are no UTF-8", body: Buffer.from([0x22, 0xff, 0x22]), status: 400, code: "malformed_body" },
    { name: "a list", ...text("[]"), status: 400, fields: ["", "body", "parameters.X-Trace", "parameters.shop"] },
    { name: "null", ...text("null"), status: 400, fields: ["", "body", "parameters.X-Trace", "parameters.shop"] },
    { name: "nothing", ...text(""), status: 400, fields: ["body", "parameters.X-Trace", "parameters.shop"] },
    { name: "parameters as a list", ...text('{"parameters":[],"body":{"address":{"city":"a"},"lines":[]}}'), fields: ["parameters"] },
    {
      name: "a prototype",
      ...text('{"parameters":{"shop":"a","X-Trace":"b","__proto__":{"dry":true}},"body":{"address":{"city":"a"},"lines":[]}}'),
      fields: ["parameters.__proto__"],
    },
    {
      name: "two bodies",
      ...text('{"parameters":{"shop":"a","X-Trace":"b"},"body":{"address":{"city":"a"},"lines":[]},"b\\u006fdy":{}}'),
      fields: ["body"],
    },
    { name: "another media type", ...text(JSON.stringify({ ...good, contentType: "text/csv" })), fields: ["contentType"] },
    { name: "a media type that is none", ...text(JSON.stringify({ ...good, contentType: "json\r\nX: y" })), fields: ["contentType"] },
    { name: "a range of media types", ...text(JSON.stringify({ ...good, contentType: "application/*" })), fields: ["contentType"] },
    { name: "a media type that is no text", ...text(JSON.stringify({ ...good, contentType: 1 })), fields: ["contentType"] },
    {
      name: "another charset",
      ...text(JSON.stringify({ ...good, contentType: "application/json; charset=latin1" })),
      fields: ["contentType"],
    },
    { name: "a body of null", ...text(JSON.stringify({ ...good, body: null })), fields: ["body"] },
    {
      name: "a body that is nested too deep",
      ...text(JSON.stringify(good).replace('"lines":[]', `"lines":${"[".repeat(2000)}${"]".repeat(2000)}`)),
      fields: ["body"],
    },
  ] as { name: string; body: string | Buffer; status?: number; code?: string; fields?: string[] }[])(
    "does not take $name",
    async ({ body, status = 400, code = "invalid_request", fields = [] }) => {
      const { invoke, seen } = await actionRig({ actions: { createOrder } });
      const answer = await invoke("createOrder", undefined, { body });
      expect(answer, answer.body.toString()).toMatchObject({ status, error: { code } });
      expect(fieldsOf(answer)).toEqual(fields);
      expect(seen).toEqual([]);
    },
  );

  it("takes no body of more than 1 MiB, and none that is not said to be JSON", async () => {
    const { invoke, port, seen } = await actionRig({ actions: { createOrder } });
    const long = await invoke("createOrder", { ...good, body: "x".repeat(1024 * 1024) });
    expect(long).toMatchObject({ status: 413, error: { code: "too_large" } });
    const plain = await call(port, `${actionPath("createOrder")}/invoke`, {
      method: "POST",
      headers: ["Content-Type", "text/plain"],
      body: "{}",
    });
    expect(plain).toMatchObject({ status: 415, error: { code: "unsupported_media_type" } });
    expect(seen).toEqual([]);
  });

  it("refuses a body and its media type where the action takes none, and asks no worker where nothing needs one", async () => {
    const action = storedAction({
      parameters: [{ name: "q", in: "query", required: false, type: "string", schema: { type: "string", description: "any" } }],
    });
    const { invoke, seen, validations } = await actionRig({ actions: { action } });
    expect(fieldsOf(await invoke("action", { body: {}, contentType: "application/json" }))).toEqual(["body", "contentType"]);
    expect((await invoke("action", { parameters: { q: "1" } })).status).toBe(200);
    expect([seen.length, validations()]).toEqual([1, 0]);
  });

  it("needs no body of its own when nothing is to be said", async () => {
    const { port, seen } = await actionRig({ actions: { action: storedAction({ method: "DELETE" }) } });
    expect((await call(port, `${actionPath("action")}/invoke`, { method: "POST" })).status).toBe(200);
    expect(seen).toMatchObject([{ method: "DELETE", url: "/things" }]);
  });

  it.each([
    { query: "?versoin=1", fields: ["versoin"] },
    { query: "?validate=request&version=1&version=2", fields: ["validate", "version"] },
  ])("takes no query like $query", async ({ query, fields }) => {
    const { invoke, seen } = await actionRig({ actions: { createOrder } });
    const answer = await invoke("createOrder", good, { query });
    expect(fieldsOf(answer)).toEqual(fields);
    expect(seen).toEqual([]);
  });

  it.each([
    { name: "an unknown action", action: "other" },
    { name: "a name that no action can have", action: "a%2Fb" },
    { name: "a name with a NUL", action: "a%00" },
    { name: "a version with a slash", action: "createOrder", query: "?version=a%2Fb" },
    { name: "a version with a NUL", action: "createOrder", query: "?version=%00" },
  ])("is 404 for $name", async ({ action, query = "" }) => {
    const { invoke, seen } = await actionRig({ actions: { createOrder } });
    expect(await invoke(action, good, { query })).toMatchObject({ status: 404, error: { code: "not_found" } });
    expect(seen).toEqual([]);
  });

  it("is there for POST alone", async () => {
    const { port } = await actionRig({ actions: { createOrder } });
    for (const method of ["GET", "PUT", "DELETE"]) {
      expect(await call(port, `${actionPath("createOrder")}/invoke`, { method })).toMatchObject({ status: 404 });
    }
  });

  it("is 422 with its errors while it has any; a warning is none", async () => {
    const errors = [
      { field: "/path", message: "Mend it.", severity: "error" as const },
      { field: "/name", message: "As you like.", severity: "warning" as const },
    ];
    const broken = storedAction({}, { errors });
    const warned = storedAction({}, { errors: errors.slice(1) });
    const { invoke, seen } = await actionRig({ actions: { broken, warned } });
    const answer = await invoke("broken", {});
    expect(answer).toMatchObject({ status: 422, error: { code: "action_incomplete", fields: [{ field: "/path", message: "Mend it." }] } });
    expect(seen).toEqual([]);
    expect((await invoke("warned", {})).status).toBe(200);
  });

  it.each([
    { name: "a variable that is not there", path: "/{{ env.gone }}", said: "env.gone" },
    { name: "a parameter that was left out", path: "/a", default: "{{ param.other }}", said: "param.other" },
    { name: "defaults that lead back to themselves", path: "/a", default: "{{ param.p }}", said: "param.p" },
    { name: "a variable that climbs", path: "/{{ env.up }}/x", said: "env.up" },
    { name: "a variable that makes a dot segment beside what stands there", path: "/%2{{ env.e }}/x", said: "segment" },
    { name: "a variable that is no number", path: "/a", default: "{{ env.e }}", type: "integer" as const, said: "integer" },
    { name: "a malformed placeholder", path: "/{{ shop }}", said: "malformed" },
  ])("is 422 for $name, and nothing is sent (I-4)", async ({ path, said, type = "string" as const, ...rest }) => {
    const parameters = [
      { name: "p", in: "query" as const, required: false, type, ...("default" in rest && { default: rest.default }) },
      { name: "other", in: "query" as const, required: false, type: "string" as const },
    ];
    const variables = new Map([
      ["up", ".."],
      ["e", "e"],
    ]);
    const { invoke, seen } = await actionRig({ actions: { action: storedAction({ path, parameters }) }, snapshot: { variables } });
    const answer = await invoke("action", {});
    expect(answer).toMatchObject({ status: 422, error: { code: "template_unresolved" } });
    expect(answer.error.message).toContain(said);
    expect(seen).toEqual([]);
  });

  it("may not choose another host with the variables it brings (S-5)", async () => {
    const { invoke, seen } = await actionRig({
      actions: { action: storedAction() },
      snapshot: { baseUrl: "http://{{ env.host }}:1", variables: new Map([["host", "127.0.0.1"]]) },
    });
    const answer = await invoke("action", {}, { headers: ["Mooring-Variables", "host=localhost"] });
    expect(answer).toMatchObject({ status: 422, error: { code: "variable_refused" } });
    expect(seen).toEqual([]);
  });

  it.each(["TRACE", "CONNECT"] as const)("is never a %s", async (method) => {
    const { invoke, seen } = await actionRig({ actions: { action: storedAction({ method }) } });
    expect(await invoke("action", {})).toMatchObject({ status: 405 });
    expect(seen).toEqual([]);
  });
});

describe("the headers of a called action", () => {
  const header = (name: string) => ({ name, in: "header" as const, required: false, type: "string" as const });

  it("are the action's own, and of the caller's only those about the answer, the program and the trace", async () => {
    const { invoke, seen } = await actionRig({ actions: { action: storedAction({ parameters: [header("Accept")] }) } });
    const own = ["Accept-Language", "de", "User-Agent", "me/1", "traceparent", "00-a-b-01", "Idempotency-Key", "1"];
    await invoke(
      "action",
      { parameters: { Accept: "text/csv" } },
      { headers: [...own, "Accept", "text/html", "X-Mine", "1", "Cookie", "a=b"] },
    );
    const names = seen[0]?.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
    expect(names).toEqual([
      "host",
      "connection",
      "accept-language",
      "user-agent",
      "traceparent",
      "idempotency-key",
      "accept",
      "content-length",
    ]);
    expect(valuesOf(seen[0] ?? { rawHeaders: [] }, "accept")).toEqual(["text/csv"]);
  });

  it("give way to what a credential sets, cookies and query too (S-6)", async () => {
    const parameters = [header("x_key"), { ...header("sid"), in: "cookie" as const }, { ...header("key"), in: "query" as const }];
    const credentials = [apiKey("header", "X-Key"), apiKey("cookie", "sid"), apiKey("query", "key")];
    const { invoke, seen } = await actionRig({ actions: { action: storedAction({ parameters }) }, snapshot: { credentials } });
    await invoke("action", { parameters: { x_key: "mine", sid: "mine", key: "mine" } });
    expect(JSON.stringify(seen)).not.toContain("mine");
    expect(seen).toMatchObject([{ url: `/things?key=${canary}` }]);
  });

  it.each(["Authorization", "Content-Type", "Host", "Transfer-Encoding", "Mooring-Retries", "X-Forwarded-For", "Cookie"])(
    "are never what is nobody's to set: %s, also where it is required",
    async (name) => {
      const parameters = [{ ...header(name), required: true, default: "x" }];
      const { invoke, seen } = await actionRig({
        actions: { action: storedAction({ parameters }) },
        snapshot: { credentials: [basicAuth("sam")] },
      });
      expect(fieldsOf(await invoke("action", { parameters: { [name]: "mine" } }))).toEqual([`parameters.${name}`]);
      expect((await invoke("action", {})).status).toBe(200);
      expect(seen).toHaveLength(1);
      expect(seen[0]?.rawHeaders).not.toContain("x");
    },
  );
});
