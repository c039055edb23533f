import { describe, expect, it } from "vitest";
import type { EnvironmentSnapshot } from "../../src/domain/snapshot.ts";
import { baseOf, httpProof } from "../../src/protocols/http/plan.ts";
import { apiKey, rig, valuesOf } from "./rig.ts";

const old = apiKey("header", "Authorization", "Bearer old");

/** What a renewal gives: the same environment with another token. */
const renewedOf = (snapshot: EnvironmentSnapshot) => ({
  snapshot,
  proof: httpProof({ headers: ["Authorization", "Bearer new"], queryNames: [], query: "" }),
  base: () => baseOf(snapshot),
  isRenewable: true,
});

/** A gateway in front of an upstream that takes only the new token; `renewals` counts what was asked for. */
async function started(given: Omit<Parameters<typeof rig>[0] & object, "upstream"> & { isTakenAfterRenewal?: boolean; refusal?: Buffer } = {}) {
  let renewals = 0;
  const refusal = given.refusal ?? Buffer.from("who is it?");
  const running = await rig({
    snapshot: { credentials: [old] },
    isRenewable: true,
    renew: async ({ snapshot }) => {
      renewals += 1;
      return snapshot && renewedOf(snapshot);
    },
    upstream: (request, response) => {
      if (request.headers.authorization === "Bearer new" && given.isTakenAfterRenewal !== false) request.pipe(response);
      else request.resume().on("end", () => response.writeHead(401, { "WWW-Authenticate": "Bearer", "X-Own": "1" }).end(refusal));
    },
    ...given,
  });
  return { ...running, renewals: () => renewals };
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
  ])("goes to the caller as it is when the renewal %s", async (_how, renew) => {
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

  it("may close the connection behind it", async () => {
    for (const renew of [async ({ snapshot }: { snapshot: EnvironmentSnapshot | undefined }) => snapshot && renewedOf(snapshot), async () => undefined]) {
      const { call } = await started({
        renew: async (one) => {
          await new Promise((done) => setTimeout(done, 50));
          return renew(one);
        },
        upstream: (request, response) => {
          if (request.headers.authorization === "Bearer new") response.end("well");
          else request.socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 4\r\nConnection: close\r\n\r\nwho?");
        },
      });
      expect([200, 401]).toContain((await call("/")).status);
    }
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
