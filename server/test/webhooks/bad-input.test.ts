import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Problem } from "../../src/kernel/errors.ts";
import { type Bodies, type BodiesDeps, createBodies } from "../../src/webhooks/ingest/body.ts";
import { newDefinition } from "../harness/content.ts";
import { onEachEngine } from "../harness/world.ts";
import { createRig, eventsOf, type Rig, sendEvent, signed } from "./rig.ts";
import { openWire } from "./wire.ts";

onEachEngine("events that are no good", (world) => {
  let rig: Rig;
  const at = (name: string) => rig.path.replace(/paid$/, name);
  const xsd = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="paid" type="xs:int"/></xs:schema>';
  const paid = newDefinition("Paid", {
    type: "object",
    required: ["id"],
    properties: { id: { type: "integer" }, mail: { type: "string", minLength: 2 }, of: { $ref: "#/$defs/Of" } },
  });
  beforeAll(async () => {
    const asXml = { accept: ["application/xml"], schema: { contentType: "application/xml", content: xsd } };
    const link = (name: string) => ({ definition: { name } });
    const parameters = [
      { name: "X-Topic", in: "header", required: true, type: "string" },
      { name: "page", in: "query", required: false, type: "integer" },
      { name: "isLive", in: "cookie", required: false, type: "boolean" },
    ] as const;
    const described = { requestBody: { required: true, definitions: [link("Paid"), link("Asxml")] } };
    rig = await createRig(world, {
      definitions: [paid, newDefinition("Of", { minimum: 1 }), { ...newDefinition("Asxml"), ...asXml }],
      triggers: [
        { name: "paid" },
        { name: "strict", strict: true, parameters: [...parameters], ...described },
        { name: "loose", parameters: [...parameters], ...described },
      ],
    });
  });
  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    sendEvent(world, path, { body, headers: { ...signed(rig.secret, body), ...headers } });
  const json = { "content-type": "application/json", "x-topic": "t" };
  const newest = async () => (await eventsOf(world, rig)).at(-1);
  const count = async () => (await eventsOf(world, rig)).length;
  const codeOf = ({ text }: { text: string }) => (JSON.parse(text) as { code: string }).code;

  test("in their method are told which one is taken (405)", async () => {
    const before = await count();
    for (const method of ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"]) {
      const answer = await sendEvent(world, rig.path, { method, headers: signed(rig.secret, "") });
      expect(answer.status, method).toBe(405);
      expect(answer.headers.get("allow")).toBe("POST");
      if (method !== "HEAD") expect(codeOf(answer)).toBe("method_not_allowed");
    }
    expect(await count()).toBe(before);
  });

  test("in their media type are told which ones are taken (415), and a trigger without definitions takes any", async () => {
    for (const type of ["text/plain", "application/json5", "", "x", "application/*"]) {
      const answer = await post(at("strict"), '{"id":1}', { "content-type": type, "x-topic": "t" });
      expect(answer.status, type).toBe(415);
      expect(answer.text).toContain("application/json, application/xml");
      expect((await post(rig.path, `{"of":"${type}"}`, { "content-type": type })).status).toBe(200);
    }
    expect((await post(at("strict"), '{"id":1}', { ...json, "content-type": "Application/JSON ; charset=UTF-8" })).status).toBe(200);
  });

  test("in their length are refused before anything of them is read, and while they are (413)", async () => {
    const before = await count();
    const head = `POST ${rig.path} HTTP/1.1\r\nHost: a\r\n`;
    const announced = openWire(world.mooring.origin);
    announced.send(`${head}Content-Length: 1048577\r\n\r\n`);
    expect(await announced.until(/}$/)).toMatch(/^HTTP\/1.1 413 (.|\n|\r)*"too_large"/);
    announced.socket.destroy();
    const chunked = openWire(world.mooring.origin);
    chunked.send(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    for (let sent = 0; sent <= 16; sent += 1) chunked.send(`10000\r\n${"x".repeat(0x10000)}\r\n`);
    expect(await chunked.until(/}$/)).toMatch(/^HTTP\/1.1 413 /);
    chunked.socket.destroy();
    expect(await count()).toBe(before);
  });

  test("and ask before they send a body are told so at once; who may send is told to", async () => {
    const body = "asked";
    const ask = (path: string, { length = body.length, method = "POST" } = {}) => {
      const wire = openWire(world.mooring.origin);
      const headers = `X-Signature: ${signed(rig.secret, body)["x-signature"]}\r\nContent-Length: ${length}\r\nExpect: 100-continue`;
      wire.send(`${method} ${path} HTTP/1.1\r\nHost: a\r\n${headers}\r\n\r\n`);
      return wire;
    };
    for (const [wire, status] of [
      [ask(at("gone")), 404],
      [ask(rig.path, { method: "PUT" }), 405],
      [ask(rig.path, { length: 2_000_000 }), 413],
    ] as const) {
      expect(await wire.until(/}$/)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      wire.socket.destroy();
    }
    const taken = ask(rig.path);
    await taken.until(/^HTTP\/1.1 100 Continue\r\n\r\n/);
    taken.send(body);
    expect(await taken.until(/}$/)).toMatch(/100 Continue\r\n\r\nHTTP\/1.1 200 /);
    taken.socket.destroy();
  });

  describe.each([
    {
      name: "no parameter, and another of the wrong type",
      headers: { "content-type": "application/json", cookie: "isLive=1" },
      query: "?page=x",
      body: '{"id":1}',
      fields: ["parameters.X-Topic", "parameters.isLive", "parameters.page"],
    },
    { name: "no body", headers: { "x-topic": "t" }, query: "", body: "", fields: ["body"] },
    { name: "no JSON", headers: json, query: "", body: "{", fields: ["body"] },
    { name: "no UTF-8", headers: json, query: "", body: Buffer.from([0x22, 0xff, 0x22]), fields: ["body"] },
    {
      name: "a body of another shape",
      headers: json,
      query: "?page=2",
      body: '{"id":"x","mail":"y","of":0}',
      fields: ["body.id", "body.mail", "body.of"],
    },
    {
      name: "XML of another shape",
      headers: { "content-type": "application/xml", "x-topic": "t" },
      query: "",
      body: "<paid>x</paid>",
      fields: [/^body/],
    },
  ])("that do not fit: $name", ({ headers, query, body, fields }) => {
    const shown = (found: readonly { field: string }[]) => found.map(({ field }) => field).toSorted();
    const expected = fields.map((field) => (typeof field === "string" ? field : expect.stringMatching(field)));
    // What was sent once is known, and its sender is told the same again.
    const send = (name: string) => post(`${at(name)}${query}`, body, headers as Record<string, string>);

    test("are answered 400 with all faults by a strict trigger, kept in the inbox, and go to nobody", async () => {
      const answer = await send("strict");
      expect(answer.status).toBe(400);
      expect(codeOf(answer)).toBe("invalid_request");
      const { fields: told } = JSON.parse(answer.text) as { fields: { field: string }[] };
      expect([...new Set(shown(told))]).toEqual(expected);
      const event = await newest();
      expect(event).toMatchObject({ origin: "verified", fits: 0, position: null, sequence: null });
      expect(JSON.parse(event?.faults ?? "[]")).toEqual(told);
      expect((await send("strict")).text).toBe(answer.text);
      expect(await newest()).toMatchObject({ id: event?.id, duplicates: 1 });
    });

    test("are accepted and marked by any other", async () => {
      expect((await send("loose")).status).toBe(200);
      const event = await newest();
      expect(event).toMatchObject({ origin: "verified", fits: 0, position: expect.any(Number) });
      expect([...new Set(shown(JSON.parse(event?.faults ?? "[]")))]).toEqual(expected);
    });
  });

  test("are told from those that fit, and from those that cannot be looked at", async () => {
    expect((await post(at("strict"), '{"id":7,"mail":"a@example.com","of":3}', json)).status).toBe(200);
    expect(await newest()).toMatchObject({ fits: 1, faults: null });
    expect((await post(at("strict"), "<paid>8</paid>", { ...json, "content-type": "application/xml" })).status).toBe(200);
    expect(await newest()).toMatchObject({ fits: 1 });
    const packed = gzipSync('{"id":"packed"}');
    expect((await post(at("strict"), packed, { ...json, "content-encoding": "gzip" })).status).toBe(200);
    const kept = await newest();
    expect(kept).toMatchObject({ fits: null });
    expect(Buffer.compare(Buffer.from(kept?.body ?? []), packed)).toBe(0);
  });
});

describe("bodies of events", () => {
  let server: Server;
  let bodies: Bodies;
  const outcomes: string[] = [];
  const listening = async (deps: Omit<BodiesDeps, "bytesMax">) => {
    bodies = createBodies({ bytesMax: 1_000, ...deps });
    server = createServer((request, response) => {
      bodies.read(request, response, { trigger: request.url ?? "" }).then(
        (body) => {
          outcomes.push(body ? `read ${body.bytes.length}` : "gone");
          body?.letGo();
          response.end();
        },
        (error: unknown) => {
          outcomes.push((error as Problem).code);
          response.writeHead((error as Problem).status).end();
        },
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    outcomes.length = 0;
    return { hostname: "127.0.0.1", port: String((server.address() as AddressInfo).port) };
  };
  const head = (path: string, length: number) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
  afterAll(() => void server.closeAllConnections());

  test("that come too slowly are given up (408), and what was held of them is let go", async () => {
    const origin = await listening({ timeoutMs: 20 });
    const wire = openWire(origin);
    wire.send(`${head("/a", 100)}some`);
    expect(await wire.until(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 408 /);
    wire.socket.destroy();
    expect(outcomes).toEqual(["too_slow"]);
    expect(bodies.stats()).toEqual({ reading: 0, heldBytes: 0 });
    server.closeAllConnections();
    server.close();
  });

  test("are so many at a time at most: to one trigger, from one address, and in bytes (503); others are not in their way", async () => {
    const origin = await listening({ timeoutMs: 60_000, readingOfOneMax: 2, heldBytesMax: 500 });
    const slow = [openWire(origin), openWire(origin)];
    for (const wire of slow) wire.send(`${head("/a", 100)}some`);
    await expect.poll(() => bodies.stats()).toEqual({ reading: 2, heldBytes: 8 });
    const next = openWire(origin);
    next.send(`${head("/b", 4)}more`);
    expect(await next.until(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 503 /);
    next.socket.destroy();
    slow[0]?.socket.destroy();
    await expect.poll(() => bodies.stats()).toEqual({ reading: 1, heldBytes: 4 });
    const large = openWire(origin);
    large.send(`${head("/b", 900)}${"x".repeat(900)}`);
    expect(await large.until(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 503 /);
    large.socket.destroy();
    slow[1]?.send("x".repeat(96));
    expect(await slow[1]?.until(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 200 /);
    expect(outcomes).toEqual(["overloaded", "gone", "overloaded", "read 100"]);
    expect(bodies.stats()).toEqual({ reading: 0, heldBytes: 0 });
    server.closeAllConnections();
    server.close();
  });

  test("from one address are held only up to half of what all may be, so that there is room for those from another", async () => {
    const origin = await listening({ timeoutMs: 60_000, heldBytesMax: 1_000 });
    const [slow, next] = [openWire(origin), openWire(origin)];
    slow.send(`${head("/a", 500)}${"x".repeat(450)}`);
    await expect.poll(() => bodies.stats()).toEqual({ reading: 1, heldBytes: 450 });
    next.send(`${head("/b", 60)}${"x".repeat(60)}`);
    expect(await next.until(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 503 /);
    slow.socket.destroy();
    await expect.poll(() => bodies.stats()).toEqual({ reading: 0, heldBytes: 0 });
    const again = openWire(origin);
    again.send(`${head("/b", 500)}${"x".repeat(500)}`);
    expect(await again.until(/\r\n\r\n/)).toMatch(/^HTTP\/1.1 200 /);
    expect(outcomes).toEqual(["overloaded", "gone", "read 500"]);
    server.closeAllConnections();
    server.close();
  });
});
