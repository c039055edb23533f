import { scrypt } from "node:crypto";
import { createSocket } from "node:dgram";
import { promises as dns } from "node:dns";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { limitQuestions } from "../../src/net/questions.ts";
import { createSystemResolve, type ResolvedAddress } from "../../src/net/resolver.ts";
import { openNet, send, startApi } from "./outside.ts";

/** An API that answers nothing until it is told to. */
async function startStuck() {
  const waiting: (() => void)[] = [];
  let isStuck = true;
  const api = await startApi((_request, response) => {
    if (isStuck) waiting.push(() => response.end("done"));
    else response.end("done");
  });
  return {
    ...api,
    release() {
      isStuck = false;
      for (const answer of waiting.splice(0)) answer();
    },
  };
}

describe("calls that wait for a connection (L-1)", () => {
  it("are told to come back when all were in use for too long, and what waits stays bounded whoever gives up", async () => {
    const api = await startStuck();
    const net = openNet({ deadlines: { queueMs: 50 } });
    const all = Array.from({ length: 512 }, () => send(net, { origin: api.origin }));
    const late = await Promise.all(all.slice(256));
    expect(new Set(late.map(({ code }) => code))).toEqual(new Set(["overloaded"]));
    // Those that gave up are still in undici's queue, and count for as long as they are.
    expect(net.stats().calls).toBe(256);
    expect(await send(net, { origin: api.origin })).toMatchObject({ code: "overloaded" });
    await expect.poll(() => api.seen.length).toBe(256);

    api.release();
    expect(new Set((await Promise.all(all.slice(0, 256))).map(({ status }) => status))).toEqual(new Set([200]));
    // What was given up was never sent, and gives its place back.
    const again = () => Promise.all(Array.from({ length: 512 }, () => send(net, { origin: api.origin })));
    expect(api.seen.length).toBe(256);
    await expect.poll(async () => (await again()).filter(({ status }) => status === 200).length).toBe(512);
  });

  it("of one organisation leave another's to the same origin alone (T-4)", async () => {
    const api = await startStuck();
    const net = openNet();
    const one = Array.from({ length: 600 }, () => send(net, { origin: api.origin, org: "one" }));
    expect(await one[599]).toMatchObject({ code: "overloaded" });
    const other = send(net, { origin: api.origin, org: "other" });
    await expect.poll(() => api.seen.length).toBe(257);
    api.release();
    expect(await other).toMatchObject({ status: 200 });
    await Promise.all(one);
  });
});

describe("questions for a name (L-4)", () => {
  it("that are not answered stop neither those of another organisation nor files and passwords", async () => {
    const server = await startNameServer();
    const api = await startApi((_request, response) => response.end("done"));
    const net = openNet({ resolve: server.resolve, deadlines: { connectMs: 60_000 } });
    const port = new URL(api.origin).port;
    const ended: string[] = [];
    // Ten times as many as the threads of libuv; each for a host of its own.
    const slow = Array.from({ length: 40 }, (_, at) => send(net, { origin: `http://slow-${at}.test:${port}`, org: "slow" }));
    for (const call of slow) void call.then(() => ended.push("slow"));
    await expect.poll(() => server.asked("slow-")).toBeGreaterThanOrEqual(80);

    await readFile(import.meta.filename);
    ended.push("file");
    await promisify(scrypt)("password", "salt", 32);
    ended.push("password");
    expect(await send(net, { origin: `http://quick.test:${port}`, org: "quick" })).toMatchObject({ status: 200 });
    ended.push("quick");
    expect(ended).toEqual(["file", "password", "quick"]);
    server.release();
    expect(new Set((await Promise.all(slow)).map(({ status }) => status))).toEqual(new Set([200]));
  });

  it("wait in a bounded number for each organisation; one more is told to come back", async () => {
    const { promise, resolve } = Promise.withResolvers<readonly ResolvedAddress[]>();
    let asked = 0;
    const net = openNet({
      resolve: (name) => {
        if (!name.startsWith("slow-")) return Promise.resolve([{ address: "127.0.0.1", ttlSeconds: 1 }]);
        asked += 1;
        return promise;
      },
    });
    const slow = Array.from({ length: 100 }, (_, at) => send(net, { origin: `http://slow-${at}.test:1`, org: "slow" }));
    expect(new Set((await Promise.all(slow.slice(64))).map(({ code }) => code))).toEqual(new Set(["overloaded"]));
    expect(asked).toBe(64);
    const api = await startApi((_request, response) => response.end("done"));
    const origin = `http://quick.test:${api.port}`;
    expect(await send(net, { origin, org: "quick" })).toMatchObject({ status: 200 });
    resolve([{ address: "127.0.0.1", ttlSeconds: 1 }]);
    expect(new Set((await Promise.all(slow.slice(0, 64))).map(({ code }) => code))).toEqual(new Set(["upstream_unreachable"]));
    expect(await send(net, { origin, org: "slow" })).toMatchObject({ status: 200 });
  });

  it("make room when they are answered and when they fail", async () => {
    const outcomes = [Promise.resolve([]), Promise.reject(new Error("SERVFAIL")), Promise.resolve([])];
    const ask = limitQuestions(() => outcomes.shift() ?? Promise.resolve([]), { waitingMax: 1 })("one");
    expect(await ask("a.test")).toEqual([]);
    await expect(ask("b.test")).rejects.toThrow("SERVFAIL");
    expect(await ask("c.test")).toEqual([]);
  });
});

/** A real name server: every name is 127.0.0.1. It answers for names that begin with `slow-` only once it is released. */
async function startNameServer() {
  const socket = createSocket("udp4");
  onTestFinished(() => void socket.close());
  const names: string[] = [];
  const held: (() => void)[] = [];
  let isReleased = false;
  socket.on("message", (question, from) => {
    const name = question.subarray(13, 13 + (question[12] ?? 0)).toString();
    const answer = () => socket.send(answerTo(question), from.port, from.address);
    names.push(name);
    if (isReleased || !name.startsWith("slow-")) answer();
    else held.push(answer);
  });
  await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
  const resolver = new dns.Resolver({ timeout: 30_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    resolve: createSystemResolve(resolver),
    asked: (prefix: string) => names.filter((name) => name.startsWith(prefix)).length,
    release() {
      isReleased = true;
      for (const answer of held.splice(0)) answer();
    },
  };
}

/** RFC 1035 section 4: one A record for a question of that kind, none for another. */
function answerTo(question: Buffer): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const isA = question.readUInt16BE(end - 4) === 1;
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(Number(isA), 6);
  head.writeUInt32BE(0, 8);
  // A pointer to the name of the question, A, IN, 60 seconds, four bytes.
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
  return Buffer.concat([head, question.subarray(12, end), ...(isA ? [record] : [])]);
}
