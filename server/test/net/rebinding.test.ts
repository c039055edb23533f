import { Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Resolve } from "../../src/net/resolver.ts";
import { createTestClock } from "../harness/clock.ts";
import { trials } from "../harness/profile.ts";
import { startDns } from "./dns-server.ts";
import { openNet, send, startApi, startSentinel } from "./outside.ts";

afterEach(() => vi.restoreAllMocks());

// Answers of a name server that wants us to call a private address: one answer after the other, over and over.
const attacks: readonly (readonly [name: string, answers: readonly (readonly string[])[]])[] = [
  ["good, then private", [["127.0.0.1"], ["127.0.0.2"]]],
  ["good, then private over IPv6", [["127.0.0.1"], ["::1"]]],
  ["good and private together", [["127.0.0.1", "127.0.0.2"]]],
  ["private and good together", [["127.0.0.2", "127.0.0.1"]]],
  ["A good, AAAA private", [["127.0.0.1", "::1"]]],
  ["mapped", [["127.0.0.1"], ["::ffff:127.0.0.2"]]],
  ["compatible", [["::127.0.0.2"]]],
  ["NAT64", [["64:ff9b::127.0.0.2"]]],
  ["metadata", [["169.254.169.254"], ["127.0.0.1", "fd00:ec2::254"]]],
  ["this network", [["0.0.0.0"], ["::"]]],
  ["not an address", [["127.0.0.1", "localhost"], ["0x7f000002"], ["127.0.0.02"]]],
  ["none", [[]]],
];

describe.each(attacks)("a name server that answers %s (S-3)", (_name, answers) => {
  it("never gets a byte to an address that is not allowed", async () => {
    const api = await startApi((_request, response) => response.setHeader("connection", "close").end("fine"));
    const sentinels = await Promise.all(["127.0.0.2", "::1"].map((host) => startSentinel(host, api.port)));
    const clock = createTestClock();
    let asked = 0;
    const resolve: Resolve = async () => (answers[asked++ % answers.length] ?? []).map((address) => ({ address, ttlSeconds: 0 }));
    const net = openNet({ rules: [`127.0.0.1/32:${api.port}`], resolve, clock });

    for (let count = 0; count < trials({ change: 30, long: 2000 }); count += 1) {
      const isGood = (answers[asked % answers.length] ?? []).join() === "127.0.0.1";
      const { status, code } = await send(net, { origin: `http://rebind.test:${api.port}` });
      expect({ status, code }).toEqual(
        isGood ? { status: 200 } : { code: answers.flat().length > 0 ? "egress_denied" : "upstream_unreachable" },
      );
      clock.advance(2000);
    }
    for (const sentinel of sentinels) expect(sentinel ?? { connections: 0, bytes: 0 }).toEqual({ connections: 0, bytes: 0 });
    expect(asked).toBeGreaterThan(0);
  });
});

describe("a DNS server, asked over the wire, whose answers change from look-up to look-up (S-3)", () => {
  it.each([
    ["good, then private", [{ A: ["127.0.0.1"] }, { A: ["127.0.0.2"] }]],
    ["good, then private over IPv6", [{ A: ["127.0.0.1"] }, { AAAA: ["::1"] }]],
    ["good and private together", [{ A: ["127.0.0.1", "127.0.0.2"] }, { A: ["127.0.0.1"], AAAA: ["::1"] }]],
    ["an alias that becomes private", [{ A: ["127.0.0.1"] }, { A: ["127.0.0.2"], alias: "inside.test" }]],
    ["metadata", [{ A: ["127.0.0.1"] }, { A: ["169.254.169.254"] }]],
  ] as const)("never gets a byte to an address that is not allowed: %s", async (_name, zones) => {
    const api = await startApi((_request, response) => response.setHeader("connection", "close").end("fine"));
    const sentinels = await Promise.all(["127.0.0.2", "::1"].map((host) => startSentinel(host, api.port)));
    const clock = createTestClock();
    const resolve = await startDns(...zones.map((zone) => ({ ...zone, ttlSeconds: 0 })));
    const net = openNet({ rules: [`127.0.0.1/32:${api.port}`], resolve, clock });
    const outcomes: (string | number | undefined)[] = [];
    for (let count = 0; count < trials({ change: 10, long: 1000 }); count += 1) {
      const { status, code } = await send(net, { origin: `http://rebind.test:${api.port}` });
      outcomes.push(status ?? code);
      clock.advance(2000);
    }
    const isGood = zones.map((zone) => JSON.stringify(zone) === '{"A":["127.0.0.1"]}');
    expect(outcomes).toEqual(outcomes.map((_, at) => (isGood[at % isGood.length] ? 200 : "egress_denied")));
    for (const sentinel of sentinels) expect(sentinel ?? { connections: 0, bytes: 0 }).toEqual({ connections: 0, bytes: 0 });
  });
});

describe("a literal address (S-3)", () => {
  it.each(["127.0.0.2", "[::1]", "2130706434", "0x7f.0.0.2", "[::ffff:127.0.0.2]"])("takes the same way: %s is refused", async (host) => {
    const api = await startApi((_request, response) => response.end());
    const sentinels = await Promise.all(["127.0.0.2", "::1"].map((address) => startSentinel(address, api.port)));
    const net = openNet({ rules: [`127.0.0.1/32:${api.port}`] });
    expect(await send(net, { origin: new URL(`http://${host}:${api.port}`).origin })).toMatchObject({ code: "egress_denied" });
    for (const sentinel of sentinels) expect(sentinel?.connections ?? 0).toBe(0);
  });
});

describe("the open connection", () => {
  it("is closed before the first byte when it leads elsewhere than was checked (S-3)", async () => {
    const api = await startApi((_request, response) => response.end());
    // The operating system is the door here: only it can say where a socket ended.
    vi.spyOn(Socket.prototype as unknown as { _getpeername(): object }, "_getpeername").mockReturnValue({ address: "10.9.9.9" });
    const outcome = await send(openNet(), { origin: api.origin });
    expect(outcome).toMatchObject({ code: "egress_denied", message: expect.stringContaining("another address") });
    expect(api.seen).toEqual([]);
  });
});

describe("a name with several good addresses", () => {
  it("is refused when there are more than 64 of them, which nobody needs and each of which costs a check", async () => {
    const resolve: Resolve = async () => Array.from({ length: 65 }, () => ({ address: "127.0.0.1", ttlSeconds: 1 }));
    const outcome = await send(openNet({ resolve }), { origin: "http://many.test" });
    expect(outcome).toMatchObject({ code: "egress_denied", message: expect.stringContaining("more than 64") });
  });

  it("is reached at the next one when the first refuses the connection", async () => {
    const api = await startApi((_request, response) => response.end("here"));
    const resolve: Resolve = async () => ["127.0.0.3", "127.0.0.1"].map((address) => ({ address, ttlSeconds: 1 }));
    expect(await send(openNet({ resolve }), { origin: `http://several.test:${api.port}` })).toEqual({ status: 200, body: "here" });
  });
});
