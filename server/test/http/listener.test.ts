import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../../src/http/listener.ts";

/** A listener that answers `/hold` only when told to, `/stream` in two parts, and everything else at once. */
async function listening({ connectionsMax = 64 } = {}) {
  const listener = await listen({ host: "127.0.0.1", port: 0, connectionsMax });
  const held: ServerResponse[] = [];
  listener.serve((request, response) => {
    if (request.url === "/stream") response.write("first");
    if (request.url === "/stream" || request.url === "/hold") held.push(response);
    else response.end("done");
  });
  onTestFinished(() => listener.close({ idleMs: 0, drainMs: 0 }));
  return { listener, held, connected };

  async function connected() {
    const socket = connect(listener.port, "127.0.0.1");
    const text: string[] = [];
    const ended = once(socket, "end").then(() => text.join(""));
    socket.setEncoding("utf8").on("data", (piece: string) => text.push(piece));
    await once(socket, "connect");
    return { socket, text: () => text.join(""), ended, ask: (path: string) => ask(socket, path) };
  }
}

const ask = (socket: Socket, path: string) => void socket.write(`GET ${path} HTTP/1.1\r\nHost: mooring.test\r\n\r\n`);
const isClosed = ({ socket }: { socket: Socket }) => socket.readableEnded;
const lastAnswer = /^HTTP\/1\.1 200 OK\r\n(?:[^\r]+\r\n)*Connection: close\r\n/i;

describe("a closing listener (L-3)", () => {
  it("ends the connection of every answer under way, and says so in it", async () => {
    const { listener, held, connected } = await listening();
    const caller = await connected();
    caller.ask("/hold");
    await expect.poll(() => held.length).toBe(1);
    const closed = listener.close({ idleMs: 50, drainMs: 60_000 });
    held[0]?.end("done");
    expect(await caller.ended).toMatch(lastAnswer);
    await closed;
  });

  it("answers what comes on a kept connection, which then is closed, and on a new one", async () => {
    const { listener, connected } = await listening();
    const kept = await connected();
    kept.ask("/");
    await expect.poll(kept.text).toContain("done");
    const before = kept.text().length;
    const closed = listener.close({ idleMs: 60_000, drainMs: 600_000 });
    kept.ask("/");
    expect((await kept.ended).slice(before)).toMatch(lastAnswer);
    const late = await connected();
    late.ask("/");
    expect(await late.ended).toMatch(lastAnswer);
    listener.server.close();
    listener.server.closeAllConnections();
    void closed;
  });

  it("leaves a connection alone on which something came a moment ago, and closes it when it was silent", async () => {
    const { listener, held, connected } = await listening();
    const [unused, silent, streaming] = [await connected(), await connected(), await connected()];
    silent.ask("/");
    streaming.ask("/stream");
    await expect.poll(() => [silent.text().includes("done"), held.length]).toEqual([true, 1]);
    const closed = listener.close({ idleMs: 1000, drainMs: 60_000 });
    await Promise.all([unused.ended, silent.ended]);
    // Its head had said that the connection is kept, so its caller may use it again.
    expect(isClosed(streaming)).toBe(false);
    held[0]?.end("last");
    await expect.poll(streaming.text).toMatch(/last\r\n0\r\n\r\n$/);
    const before = streaming.text().length;
    await pause(60);
    streaming.ask("/");
    expect((await streaming.ended).slice(before)).toMatch(lastAnswer);
    await closed;
  });

  it("waits for the rest of a request that has begun", async () => {
    const { listener, connected } = await listening();
    const slow = await connected();
    slow.socket.write("GET / HTTP/1.1\r\n");
    await pause(20);
    const closed = listener.close({ idleMs: 1000, drainMs: 60_000 });
    await pause(60);
    slow.socket.write("Host: mooring.test\r\n\r\n");
    expect(await slow.ended).toMatch(lastAnswer);
    await closed;
  });

  it("cuts off what is not over in time", async () => {
    const { listener, held, connected } = await listening();
    const caller = await connected();
    caller.socket.on("error", () => {});
    const gone = once(caller.socket, "close");
    caller.ask("/hold");
    await expect.poll(() => held.length).toBe(1);
    await listener.close({ idleMs: 0, drainMs: 50 });
    await gone;
    expect(caller.text()).toBe("");
  });
});

it("takes no more connections than it may, and those that are open go on (L-2)", async () => {
  const { listener, connected } = await listening({ connectionsMax: 16 });
  const first = await Promise.all(Array.from({ length: 16 }, connected));
  await expect.poll(() => listener.stats().connections).toBe(16);
  const more = await Promise.all(Array.from({ length: 8 }, connected));
  await Promise.all(more.map(({ socket }) => socket.closed || once(socket, "close")));
  expect(listener.stats()).toEqual({ connections: 16, refused: 8 });
  for (const caller of first) caller.ask("/");
  for (const caller of first) await expect.poll(caller.text).toContain("done");
  first[0]?.socket.destroy();
  await expect.poll(() => listener.stats().connections).toBe(15);
  const next = await connected();
  next.ask("/");
  await expect.poll(next.text).toContain("done");
});
