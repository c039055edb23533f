import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import type { Call, Scope } from "@mooring/contract";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as calls from "../../src/control/calls.ts";
import type { Actor } from "../../src/domain/actor.ts";
import { type Recording, startRecording } from "../../src/gateway/recording.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { Problem } from "../../src/kernel/errors.ts";
import { createIds } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import type { Database } from "../../src/store/database.ts";
import { engines, type Place } from "../harness/engines.ts";
import { actor, apiKey, canary, connectionId, environmentId, proxyPath, rig } from "./rig.ts";

const log = createLog("silent");
const newId = createIds(systemClock);
const reader: Actor = { ...actor, scopes: new Set<Scope>(["connections:read"]) };

describe.each(engines)("the record of calls on $name", ({ prepare }) => {
  let place: Place;
  let db: Database;
  let record: Recording;
  beforeEach(async () => {
    place = await prepare();
    db = await place.open();
    record = startRecording({ db, clock: systemClock, log, keepHours: 1, callsMax: 1_000_000 });
  });
  afterEach(async () => {
    await record.close();
    await db.close();
    await place.remove();
  });

  /** Everything recorded so far, oldest first. */
  async function recorded(): Promise<Call[]> {
    await record.flush();
    const { items, next } = await calls.list({ db, clock: systemClock, newId }, { actor: reader, requestId: "r" }, { first: 100 });
    expect(next).toBeUndefined();
    return items.reverse();
  }

  const settled = (number: number) =>
    expect.poll(() => Object.values(record.stats().ended).reduce((sum, one) => sum + one, 0), { timeout: 20_000 }).toBe(number);

  test("an answered call leaves one row with all that is known of it", async () => {
    const { call } = await rig({
      record,
      snapshot: { credentials: [apiKey("query", "key")] },
      upstream: (request, response) => request.resume().on("end", () => response.writeHead(201).end("thirteen byte")),
    });
    const answer = await call(`/orders/7?secret=${canary}&page=`, { method: "POST", body: "four" });
    await settled(1);
    const [row, ...rest] = await recorded();
    expect(rest).toEqual([]);
    expect(row).toEqual({
      id: answer.headers["mooring-request-id"],
      requestId: answer.headers["mooring-request-id"],
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      actor: { type: "api-key", id: actor.id },
      connectionId,
      environmentId,
      method: "POST",
      path: "/orders/7?secret=&page=",
      status: 201,
      origin: "upstream",
      durationMs: expect.any(Number),
      requestBytes: 4,
      responseBytes: 13,
      attempts: 1,
      credentialIds: ["01KACRED000000000000000001"],
    });
    expect(row?.durationMs).toBeGreaterThan(0);
    expect(JSON.stringify(row)).not.toContain(canary);
  });

  test.each([
    ["an answer without a body", "/", { method: "HEAD" }, { status: 200, origin: "upstream", responseBytes: 0, attempts: 1 }],
    ["an error of the outside system", "/500", {}, { status: 500, origin: "upstream", attempts: 1 }],
    ["a chunked upload", "/", { method: "PUT", body: "12345", chunked: true }, { status: 200, requestBytes: 5 }],
    ["an outside system that hangs up", "/hang-up", {}, { status: 502, origin: "gateway", code: "upstream_unreachable", attempts: 1 }],
    ["one that is too slow", "/slow", {}, { status: 504, origin: "gateway", code: "upstream_timeout", attempts: 1 }],
    ["an answer that breaks off", "/break-off", {}, { status: 200, origin: "aborted", code: "upstream_unreachable", attempts: 1 }],
    ["a header that is refused", "/", { headers: ["Mooring-Timeout-Ms", "never"] }, refused(400, "invalid_request")],
    ["a method that is not passed on", "/", { method: "TRACE" }, refused(405, "method_not_allowed")],
  ] as const)("%s leaves one row", async (_name, path, options, expected) => {
    const { call } = await rig({ record, deadlines: { headersMs: 300 }, upstream: upstreamOf });
    const { chunked, ...rest } = { chunked: false, headers: [] as string[], ...options };
    const sent = { ...rest, headers: [...rest.headers, ...(chunked ? ["Transfer-Encoding", "chunked"] : [])] };
    await call(path, sent).catch(() => {});
    await settled(1);
    expect(await recorded()).toMatchObject([expected]);
    expect(record.stats().inFlight).toBe(0);
  });

  test.each([
    ["an unknown connection", { path: proxyPath.replace(connectionId, "01KAC0NN000000000000000009") }, "01KAC0NN000000000000000009", 404],
    ["a connection that is no id", { path: proxyPath.replace(connectionId, "orders") }, undefined, 404],
    ["an unknown environment", { path: proxyPath.replace("/prod/", "/test/") }, connectionId, 404],
    ["a key without the right", { as: { ...actor, scopes: new Set<Scope>() } }, connectionId, 403],
    ["a key limited to others", { as: { ...actor, environments: new Set(["x"]) } }, connectionId, 403],
  ])("a call refused for %s leaves one row that names no environment and no credential", async (_name, given, connection, status) => {
    const { path = proxyPath, as = actor } = given as { path?: string; as?: Actor };
    const { port } = await rig({ record, snapshot: { credentials: [apiKey("header", "key")] }, authenticate: () => as });
    const { status: answered } = await fetch(`http://127.0.0.1:${port}${path}/x`);
    expect(answered).toBe(status);
    await settled(1);
    const [row, ...rest] = await recorded();
    expect(rest).toEqual([]);
    expect(row).toMatchObject({ status, origin: "gateway", attempts: 0, credentialIds: [], path: "/x" });
    expect([row?.connectionId, row?.environmentId]).toEqual([connection, undefined]);
  });

  test("a caller who is not known leaves no row, and is counted", async () => {
    const { call } = await rig({
      record,
      authenticate: () => {
        throw new Problem("unauthenticated");
      },
    });
    expect((await call("/")).status).toBe(401);
    await settled(1);
    expect(await recorded()).toEqual([]);
    expect(record.stats()).toMatchObject({ byStatus: { "gateway 4": 1 }, problems: { unauthenticated: 1 } });
  });

  test("a caller who goes away before the answer leaves one row without a status, one who goes later with what was sent", async () => {
    let isAsked = Promise.withResolvers<void>();
    const { port } = await rig({
      record,
      upstream: (request, response) => {
        if (request.url === "/begun") response.write("the beginning");
        isAsked.resolve();
      },
    });
    const early = connect(port, "127.0.0.1");
    early.write(`GET ${proxyPath}/never HTTP/1.1\r\nHost: x\r\n\r\n`);
    await isAsked.promise;
    early.destroy();
    await settled(1);

    isAsked = Promise.withResolvers();
    const late = httpRequest({ port, host: "127.0.0.1", path: `${proxyPath}/begun`, agent: false });
    late.on("error", () => {});
    late.end();
    const [response] = await once(late, "response");
    await once(response, "data");
    late.destroy();
    await settled(2);
    const [first, second] = await recorded();
    expect(first).toMatchObject({ origin: "aborted", path: "/never" });
    expect(first).not.toHaveProperty("status");
    expect(second).toMatchObject({ origin: "aborted", path: "/begun", status: 200, responseBytes: 13 });
  });

  test("as many rows are there as calls were made, however they ended, when the record was closed in order", async () => {
    const { call } = await rig({ record, upstream: upstreamOf, deadlines: { headersMs: 300 } });
    const paths = ["/", "/500", "/hang-up", "/break-off", "/", "/"];
    const number = 1200;
    let next = 0;
    const caller = async () => {
      for (let at = next++; at < number; at = next++) await call(`${paths[at % paths.length]}?n=${at}`).catch(() => {});
    };
    await Promise.all(Array.from({ length: 24 }, caller));
    await settled(number);
    await record.close();
    const ids = new Set<string>();
    let after: string | undefined;
    do {
      const query = { first: 100, ...(after ? { after } : {}) };
      const page = await calls.list({ db, clock: systemClock, newId }, { actor: reader, requestId: "r" }, query);
      for (const { id } of page.items) ids.add(id);
      after = page.next;
    } while (after);
    expect(ids.size).toBe(number);
    expect(record.rows()).toMatchObject({ written: number, waiting: 0, dropped: 0 });
  });
});

const refused = (status: number, code: string) => ({ status, code, origin: "gateway", attempts: 0, credentialIds: [] });

function upstreamOf(request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse): void {
  const path = request.url?.split("?")[0];
  if (path === "/hang-up") return void request.socket.destroy();
  if (path === "/slow") return;
  if (path === "/break-off") return void response.write("half", () => request.socket.destroy());
  request.resume().on("end", () => response.writeHead(path === "/500" ? 500 : 200).end(path === "/500" ? "oh" : "fine"));
}
