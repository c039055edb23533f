import { createHmac } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { Secret } from "../../src/kernel/secret.ts";
import { actionPath, actionRig, linkTo, storedAction, storedDefinition } from "./action-rig.ts";
import { apiKey, applied, canary, valuesOf } from "./rig.ts";

const anything = storedDefinition({});
const takesBody = { requestBody: { required: false, definitions: [linkTo(anything)] } };
const put = storedAction({ method: "PUT", ...takesBody }, { definitions: [anything] });
const post = storedAction({ method: "POST", ...takesBody }, { definitions: [anything] });

const noWait = {
  random: () => 0,
  wait(_ms: number, go: () => void) {
    const timer = setImmediate(go);
    return () => clearImmediate(timer);
  },
};

describe("a called action is sent as any other call", () => {
  it("again with its body where the call asks for that, and only where it does no harm", async () => {
    const bodies: string[] = [];
    const upstream: Parameters<typeof actionRig>[0]["upstream"] = (request, response) => {
      request.toArray().then((pieces) => {
        bodies.push(Buffer.concat(pieces).toString());
        response.writeHead(bodies.length % 3 === 0 ? 200 : 503).end();
      });
    };
    const { invoke, seen } = await actionRig({ actions: { put, post }, upstream, doors: noWait });
    const retried = await invoke("put", { body: { a: 1 } }, { headers: ["Mooring-Retries", "2"] });
    expect(retried).toMatchObject({ status: 200, headers: { "mooring-attempts": "3" } });
    expect(bodies).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
    expect(await invoke("post", { body: 1 }, { headers: ["Mooring-Retries", "2"] })).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(4);
    expect(await invoke("put", {}, { headers: ["Mooring-Retries", "9"] })).toMatchObject({
      status: 400,
      error: { code: "invalid_request" },
    });
    expect(await invoke("put", {}, { headers: ["Mooring-Timeout-Ms", "x"] })).toMatchObject({ status: 400 });
    expect(seen).toHaveLength(4);
  });

  it("as often as its environment says", async () => {
    const { invoke, seen } = await actionRig({
      actions: { put },
      doors: noWait,
      snapshot: { retries: 1 },
      upstream: (request, response) => void request.resume().on("end", () => response.writeHead(503).end()),
    });
    expect((await invoke("put", { body: 1 })).status).toBe(503);
    expect(seen).toHaveLength(2);
  });

  it("with a signature of the body that leaves", async () => {
    const signing = applied(
      { schemeType: "hmac", name: "X-Signature", in: "header", algorithm: "sha256", digestInputs: ["url", "body"] },
      { type: "string", value: new Secret(canary) },
    );
    const { invoke, seen, base } = await actionRig({ actions: { put }, snapshot: { credentials: [signing, apiKey("query", "key")] } });
    expect((await invoke("put", undefined, { body: '{"body": {"ä": 1}}' })).status).toBe(200);
    const expected = createHmac("sha256", canary).update(`${base}/things?key=${canary}{"ä": 1}`).digest("hex");
    expect(valuesOf(seen[0] ?? { rawHeaders: [] }, "x-signature")).toEqual([expected]);
  });

  it("with an answer that comes while it is made", async () => {
    const { port } = await actionRig({
      actions: { put },
      upstream: (_request, response) => {
        response.write("first");
        ends.push(() => response.end("last"));
      },
    });
    const ends: (() => void)[] = [];
    const sent = httpRequest({ port, host: "127.0.0.1", method: "POST", path: `${actionPath("put")}/invoke`, agent: false });
    sent.end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const [first] = (await once(response, "data")) as [Buffer];
    expect(first.toString()).toBe("first");
    ends[0]?.();
    expect(Buffer.concat(await response.toArray()).toString()).toBe("last");
  });

  it("and ends with its caller, before it is sent and after", async () => {
    const { port, gateway, seen } = await actionRig({ actions: { put }, upstream: () => {} });
    for (const written of ["{", '{"body":1}']) {
      const sent = httpRequest({
        port,
        host: "127.0.0.1",
        method: "POST",
        path: `${actionPath("put")}/invoke`,
        agent: false,
        headers: { "content-length": written === "{" ? 9 : 10, "content-type": "application/json" },
      });
      sent.on("error", () => {});
      sent.write(written);
      await until(() => gateway.stats().inFlight === 1 && (written === "{" || seen.length === 1));
      sent.destroy();
      await until(() => gateway.stats().inFlight === 0);
    }
    expect(gateway.stats().ended).toEqual({ upstream: 0, gateway: 0, aborted: 2 });
    expect(gateway.stats().admission.inFlight).toBe(0);
    expect(seen).toHaveLength(1);
  });

  it("waits for a caller's go-ahead, and counts the bytes both ways", async () => {
    const { port } = await actionRig({ actions: { put } });
    const headers = { "content-length": 12, "content-type": "application/json", expect: "100-continue" };
    const sent = httpRequest({ port, host: "127.0.0.1", method: "POST", path: `${actionPath("put")}/invoke`, agent: false, headers });
    sent.flushHeaders();
    await once(sent, "continue");
    sent.end('{"body": []}');
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    response.resume();
  });

  it("says so when the outside system cannot be reached", async () => {
    const { invoke } = await actionRig({ actions: { put }, allow: [] });
    expect(await invoke("put", {})).toMatchObject({ status: 403, error: { code: "egress_denied" } });
  });

  it("in one row of the record, as what was sent", async () => {
    const kept: { method: string; path: string; query: string; status: number; bytesIn: number }[] = [];
    const { createRecord } = await import("../../src/gateway/record.ts");
    const action = storedAction({
      method: "GET",
      path: "/a/{{ param.id }}",
      parameters: [
        { name: "id", in: "path", required: true, type: "string" },
        { name: "q", in: "query", required: false, type: "string" },
      ],
    });
    const { invoke, explain } = await actionRig({ actions: { action }, record: createRecord((_org, call) => kept.push(call)) });
    await invoke("action", { parameters: { id: "1", q: "2" } });
    await explain("action", { parameters: { id: "1" } });
    await invoke("action", {});
    expect(kept).toMatchObject([
      { method: "GET", path: "/a/1", query: "q=2", status: 200, bytesIn: 33, attempts: 1 },
      { method: "POST", path: "/actions/action/invoke", query: "", status: 400, code: "invalid_request", attempts: 0 },
    ]);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
