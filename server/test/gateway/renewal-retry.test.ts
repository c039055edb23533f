import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { newCall } from "../../src/gateway/call.ts";
import { createExchange, type ExchangeDeps, type MadeRequest } from "../../src/gateway/exchange.ts";
import type { Prepared } from "../../src/gateway/prepare.ts";
import { targetOf } from "../../src/gateway/target.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { baseOf, httpProof } from "../../src/protocols/http/plan.ts";
import { type CallOptions, call, proxyPath, rig, valuesOf } from "./rig.ts";

interface Given extends Partial<Pick<ExchangeDeps, "renew" | "doors">> {
  readonly isRenewable?: boolean;
  readonly isTakenAfterRenewal?: boolean;
  readonly refusal?: Buffer;
  /** Sent in place of the caller's own request. */
  readonly made?: MadeRequest;
  readonly upstream?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** The step that sends, in front of an upstream that takes only the new token; `renewals` counts what was asked for. */
async function started(given: Given = {}) {
  let renewals = 0;
  const { net, base, seen } = await rig({ upstream: given.upstream ?? ((request, response) => answer(request, response, given)) });
  const exchange = createExchange({
    net,
    lingerMs: 500,
    clock: systemClock,
    renew: async () => {
      renewals += 1;
      return preparedWith("new", base);
    },
    ...given,
  });
  const front = createServer((request, response) => {
    const target = targetOf(request.url ?? "");
    const prepared = { ...preparedWith("old", base), isRenewable: given.isRenewable ?? true };
    const incoming = newCall(request, response, "1");
    if (target && given.made) exchange.send(incoming, given.made, prepared, () => {});
    else if (target) exchange.pass(incoming, target, prepared, () => {});
  });
  await new Promise<void>((done) => front.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    front.closeAllConnections();
    front.close();
  });
  const { port } = front.address() as AddressInfo;
  return { call: (path: string, options?: CallOptions) => call(port, proxyPath + path, options), seen, base, renewals: () => renewals };
}

function preparedWith(token: string, baseUrl: string): Prepared {
  const snapshot = { org: "one", protocol: "http", baseUrl, variables: new Map() } as unknown as Prepared["snapshot"];
  const proof = httpProof({ headers: ["Authorization", `Bearer ${token}`], queryNames: [], query: "", signatures: [] });
  return { snapshot, proof, base: () => baseOf(snapshot), isRenewable: true };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { isTakenAfterRenewal = true, refusal = Buffer.from("who is it?") }: Given,
) {
  if (request.headers.authorization === "Bearer new" && isTakenAfterRenewal) request.pipe(response);
  else request.resume().on("end", () => response.writeHead(401, { "WWW-Authenticate": "Bearer", "X-Own": "1" }).end(refusal));
}

describe("a 401 of the upstream", () => {
  it("renews once and sends the call once more", async () => {
    const { call, seen, renewals } = await started();
    const answer = await call("/a?b", { method: "POST", headers: ["Content-Type", "text/plain"], body: "held" });
    expect(answer).toMatchObject({ status: 200, headers: { "mooring-attempts": "2", "mooring-origin": "upstream" } });
    expect(answer.headers).not.toHaveProperty("x-own");
    expect(answer.body.toString()).toBe("held");
    expect(seen.flatMap((one) => valuesOf(one, "authorization"))).toEqual(["Bearer old", "Bearer new"]);
    expect(seen.map(({ method, url }) => method + url)).toEqual(["POST/a?b", "POST/a?b"]);
    expect(renewals()).toBe(1);
  });

  it("sends a request that was made here once more as well, planned anew with its body", async () => {
    const body = Buffer.from("made here");
    const planned = ({ snapshot, proof }: Prepared) => ({
      org: "one",
      method: "POST",
      origin: snapshot.baseUrl,
      path: "/made",
      headers: [...proof.headers],
      body: null,
      timeoutMs: undefined,
    });
    const { call, seen, renewals } = await started({ made: { planned, body, headers: {} } });
    const answer = await call("/");
    expect(answer).toMatchObject({ status: 200, headers: { "mooring-attempts": "2" } });
    expect(answer.body).toEqual(body);
    expect(seen.flatMap((one) => valuesOf(one, "authorization"))).toEqual(["Bearer old", "Bearer new"]);
    expect(renewals()).toBe(1);
  });

  it("goes to the caller when the new token is refused too, and nothing is renewed again", async () => {
    const { call, seen, renewals } = await started({ isTakenAfterRenewal: false });
    const answer = await call("/");
    expect(answer).toMatchObject({ status: 401, headers: { "www-authenticate": "Bearer", "x-own": "1", "mooring-attempts": "2" } });
    expect(answer.body.toString()).toBe("who is it?");
    expect([seen.length, renewals()]).toEqual([2, 1]);
  });

  it.each([
    ["gives nothing", async () => undefined],
    ["fails", () => Promise.reject(new Error("no"))],
  ])("goes to the caller as it is when the renewal %s", async (_how, renew: () => Promise<undefined>) => {
    for (const refusal of ["", "who is it?", "x".repeat(500_000)]) {
      const { call, seen } = await started({ renew, refusal: Buffer.from(refusal) });
      const answer = await call("/");
      expect(answer).toMatchObject({ status: 401, headers: { "x-own": "1" } });
      expect(answer.headers).not.toHaveProperty("mooring-attempts");
      expect(answer.body.toString()).toBe(refusal);
      expect(seen).toHaveLength(1);
    }
  });

  it.each([
    ["there is nothing to renew", { isRenewable: false }, {}],
    ["the body is longer than 64 KiB", {}, { method: "POST", body: "x".repeat(64 * 1024 + 1) }],
    ["the body has no known length", {}, { method: "POST", headers: ["Transfer-Encoding", "chunked"], body: "x" }],
  ])("goes to the caller as it is when %s", async (_why, given, options) => {
    const { call, seen, renewals } = await started(given);
    expect(await call("/", options)).toMatchObject({ status: 401 });
    expect([seen.length, renewals()]).toEqual([1, 0]);
  });

  it.each([200, 401])("may have its connection closed behind it, and the answer is %d", async (status) => {
    const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
    const { call, base } = await started({
      renew: async () => {
        await closed;
        return status === 200 ? preparedWith("new", base) : undefined;
      },
      upstream: (request, response) => {
        if (request.headers.authorization === "Bearer new") response.end("well");
        else request.socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\nConnection: close\r\n\r\nwho?", onClosed);
      },
    });
    expect(await call("/")).toMatchObject({ status });
  });

  it("does not keep a call longer than its time", async () => {
    const { call } = await started({ renew: () => new Promise(() => {}) });
    expect(await call("/", { headers: ["Mooring-Timeout-Ms", "100"] })).toMatchObject({ status: 504, error: { code: "upstream_timeout" } });
  });

  it("is renewed beside retries, and the retries go on with the new token", async () => {
    let calls = 0;
    const { call, seen } = await started({
      doors: {
        random: () => 0,
        wait(_ms, go) {
          setImmediate(go);
          return () => {};
        },
      },
      upstream: (request, response) => {
        calls += 1;
        if (request.headers.authorization === "Bearer old") response.writeHead(401).end();
        else response.writeHead(calls < 4 ? 503 : 200).end();
      },
    });
    expect(await call("/", { headers: ["Mooring-Retries", "2"] })).toMatchObject({ status: 200, headers: { "mooring-attempts": "4" } });
    expect(seen.map((one) => valuesOf(one, "authorization")[0])).toEqual(["Bearer old", "Bearer new", "Bearer new", "Bearer new"]);
  });
});
