import { describe, expect, it } from "vitest";
import { addressesInHosts, createHostLookup, type Resolve } from "../../src/net/resolver.ts";
import { startDns } from "./dns-server.ts";

function createDoor(answers: readonly (readonly string[] | Error)[], ttlSeconds: number) {
  const asked: string[] = [];
  const resolve: Resolve = async (name) => {
    const answer = answers[asked.push(name) - 1] ?? answers.at(-1) ?? [];
    if (answer instanceof Error) throw answer;
    return answer.map((address) => ({ address, ttlSeconds }));
  };
  let nowMs = 1_000_000;
  return { asked, resolve, clock: { now: () => new Date(nowMs) }, advance };

  function advance(ms: number): void {
    nowMs += ms;
  }
}

describe("the addresses of a host", () => {
  it.each([
    ["127.0.0.1", ["127.0.0.1"]],
    ["[::1]", ["::1"]],
    ["localhost", ["127.0.0.1"]],
    ["localhost.", ["127.0.0.1"]],
    ["api.localhost", ["127.0.0.1"]],
  ])("of %s are %j without a question", async (host, addresses) => {
    const door = createDoor([], 60);
    expect(await createHostLookup(host, door)()).toEqual(addresses);
    expect(door.asked).toEqual([]);
  });

  it("come IPv4 first, all of them, and are asked for without the dot at the end", async () => {
    const door = createDoor([["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2"]], 60);
    expect(await createHostLookup("a.test.", door)()).toEqual(["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"]);
    expect(door.asked).toEqual(["a.test"]);
  });

  it.each([
    { ttl: 0, keptMs: 1000 },
    { ttl: 30, keptMs: 30_000 },
    { ttl: 86_400, keptMs: 60_000 },
  ])("are kept for $keptMs ms when the answer says $ttl s (L-4)", async ({ ttl, keptMs }) => {
    const door = createDoor([["192.0.2.1"], ["192.0.2.2"]], ttl);
    const lookup = createHostLookup("a.test", door);
    expect(await lookup()).toEqual(["192.0.2.1"]);
    door.advance(keptMs - 1);
    expect(await lookup()).toEqual(["192.0.2.1"]);
    door.advance(1);
    expect(await lookup()).toEqual(["192.0.2.2"]);
  });

  it("are asked for again when the clock was set back", async () => {
    const door = createDoor([["192.0.2.1"], ["192.0.2.2"]], 60);
    const lookup = createHostLookup("a.test", door);
    await lookup();
    door.advance(-3_600_000);
    expect(await lookup()).toEqual(["192.0.2.2"]);
  });

  it("are asked for once by many at the same time, and a failure is kept for a second only", async () => {
    const door = createDoor([new Error("SERVFAIL"), ["192.0.2.1"]], 60);
    const lookup = createHostLookup("a.test", door);
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, lookup));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(door.asked).toHaveLength(1);
    door.advance(1000);
    expect(await lookup()).toEqual(["192.0.2.1"]);
  });
});

it("reads a hosts file", () => {
  const text =
    "# comment\n127.0.0.1\tlocalhost\n10.0.0.5 db.internal DB2 # here\r\n::1 ip6-localhost db.internal\nnonsense db.internal\n\n10.0.0.6\n";
  expect(addressesInHosts(text, "db.internal")).toEqual(["10.0.0.5", "::1"]);
  expect(addressesInHosts(text, "db2")).toEqual(["10.0.0.5"]);
  expect(addressesInHosts(text, "here")).toEqual([]);
  expect(addressesInHosts(text, "")).toEqual([]);
});

describe("DNS, asked over the wire", () => {
  it("gives A and AAAA together, through an alias, with their time to live", async () => {
    const resolve = await startDns({ A: ["192.0.2.1", "127.0.0.1"], AAAA: ["2001:db8::1"], alias: "real.test" });
    expect(await resolve("a.test")).toEqual([
      { address: "192.0.2.1", ttlSeconds: 7 },
      { address: "127.0.0.1", ttlSeconds: 7 },
      { address: "2001:db8::1", ttlSeconds: 7 },
    ]);
  });

  it("gives what there is when one kind is missing", async () => {
    expect(await (await startDns({ A: ["192.0.2.1"] }))("a.test")).toEqual([{ address: "192.0.2.1", ttlSeconds: 7 }]);
    expect(await (await startDns({ AAAA: ["::1"] }))("a.test")).toEqual([{ address: "::1", ttlSeconds: 7 }]);
  });

  it("rejects when there is nothing", async () => {
    await expect((await startDns({}))("a.test")).rejects.toThrow("ENODATA");
  });
});
