import { createSocket, type Socket } from "node:dgram";
import { promises as dns } from "node:dns";
import { afterEach, describe, expect, it } from "vitest";
import { addressesInHosts, createHostLookup, createSystemResolve, type Resolve } from "../../src/net/resolver.ts";

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
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.close();
  });

  it("gives A and AAAA together, through an alias, with their time to live", async () => {
    const resolve = await dnsOf({ A: ["192.0.2.1", "127.0.0.1"], AAAA: ["2001:db8::1"], alias: "real.test" });
    expect(await resolve("a.test")).toEqual([
      { address: "192.0.2.1", ttlSeconds: 7 },
      { address: "127.0.0.1", ttlSeconds: 7 },
      { address: "2001:db8::1", ttlSeconds: 7 },
    ]);
  });

  it("gives what there is when one kind is missing", async () => {
    expect(await (await dnsOf({ A: ["192.0.2.1"] }))("a.test")).toEqual([{ address: "192.0.2.1", ttlSeconds: 7 }]);
    expect(await (await dnsOf({ AAAA: ["::1"] }))("a.test")).toEqual([{ address: "::1", ttlSeconds: 7 }]);
  });

  it("rejects when there is nothing", async () => {
    await expect((await dnsOf({}))("a.test")).rejects.toThrow("ENODATA");
  });

  async function dnsOf(zone: Zone): Promise<Resolve> {
    const socket = createSocket("udp4");
    sockets.push(socket);
    socket.on("message", (question, from) => socket.send(dnsAnswer(question, zone), from.port, from.address));
    await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
    const resolver = new dns.Resolver({ timeout: 1000, tries: 2 });
    resolver.setServers([`127.0.0.1:${socket.address().port}`]);
    return createSystemResolve(resolver);
  }
});

interface Zone {
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
  /** A name that the one asked for is an alias of. */
  readonly alias?: string;
}

// A message of RFC 1035 section 4 that answers the only question of `question`.
function dnsAnswer(question: Buffer, { A = [], AAAA = [], alias }: Zone): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const isA = question.readUInt16BE(end - 4) === 1;
  const owner = alias === undefined ? Buffer.from([0xc0, 12]) : label(alias);
  const records = isA
    ? A.map((text) => record(owner, 1, Buffer.from(text.split(".").map(Number))))
    : AAAA.map((text) => record(owner, 28, bytes6(text)));
  if (alias !== undefined) records.unshift(record(Buffer.from([0xc0, 12]), 5, label(alias)));
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  return Buffer.concat([head, question.subarray(12, end), ...records]);
}

function record(owner: Buffer, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(7, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, fixed, data]);
}

function label(name: string): Buffer {
  return Buffer.concat([...name.split(".").map((part) => Buffer.from([part.length, ...Buffer.from(part)])), Buffer.from([0])]);
}

function bytes6(text: string): Buffer {
  const [before = "", after = ""] = text.split("::");
  const words = (part: string) =>
    part
      .split(":")
      .filter(Boolean)
      .flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]);
  const [start, end] = [words(before), words(after)];
  return Buffer.from([...start, ...new Array(16 - start.length - end.length).fill(0), ...end]);
}
