import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Held } from "../../src/control/readers.ts";
import type { Actor } from "../../src/domain/actor.ts";
import { EventStream } from "../../src/http/handlers.ts";
import { hold, sendEvents } from "../../src/http/held.ts";
import { limitRequests } from "../../src/http/limit.ts";
import { createProblemHandler } from "../../src/http/problem.ts";
import { Problem } from "../../src/kernel/errors.ts";
import { createLog } from "../../src/kernel/log.ts";

type Pieces = (held: Held) => AsyncGenerator<string, void, undefined>;

let app: FastifyInstance;
let port: number;
let underWay: () => number;
let pieces: Pieces;
let ended: number;
let made: number;
let takenWithinMs: number | undefined;
let faults: string[];
const sockets: Socket[] = [];

beforeEach(async () => {
  [ended, made, takenWithinMs, faults] = [0, 0, undefined, []];
  app = Fastify({ forceCloseConnections: true });
  app.setErrorHandler(createProblemHandler(createLog("silent")));
  const stats = limitRequests(app, { requestsMax: 2 });
  underWay = () => stats().underWay;
  const again = async () => ({}) as Actor;
  app.get("/events", (_request, reply) =>
    sendEvents(reply, new EventStream((held) => counted(pieces(held))), {
      again,
      onFault: (error) => faults.push(error.message),
      ...(takenWithinMs === undefined ? {} : { takenWithinMs }),
    }),
  );
  app.get("/wait", async (_request, reply) => {
    const { signal } = hold(reply, again);
    await once(signal, "abort");
    ended += 1;
    return "gone";
  });
  app.get("/quick", async () => "done");
  await app.listen({ host: "127.0.0.1", port: 0 });
  port = (app.server.address() as { port: number }).port;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await app.close();
});

async function* counted(all: AsyncGenerator<string, void, undefined>): AsyncGenerator<string, void, undefined> {
  try {
    for await (const piece of all) {
      made += 1;
      yield piece;
    }
  } finally {
    ended += 1;
  }
}

async function* endless(): AsyncGenerator<string, void, undefined> {
  for (;;) yield "x".repeat(64 * 1024);
}

/** Yields one piece, and then nothing until the caller is gone. */
async function* silent({ signal }: Held): AsyncGenerator<string, void, undefined> {
  yield ": here\n\n";
  if (!signal.aborted) await once(signal, "abort");
}

async function ask(path: string): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  sockets.push(socket);
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
  return socket;
}

describe("an answer that waits", () => {
  test("takes no place among the requests that are under way, once or for long", async () => {
    pieces = silent;
    const waiting = [await ask("/wait"), await ask("/events"), await ask("/events"), await ask("/wait"), await ask("/wait")];
    await expect.poll(() => made).toBe(2);
    expect((await fetch(`http://127.0.0.1:${port}/quick`)).status).toBe(200);
    expect(underWay()).toBe(0);
    for (const socket of waiting) socket.destroy();
    await expect.poll(() => ended).toBe(5);
    expect(underWay()).toBe(0);
  });

  test("ends when the caller goes, whatever it waits for", async () => {
    pieces = silent;
    const socket = await ask("/events");
    await once(socket, "data");
    expect(ended).toBe(0);
    socket.destroy();
    await expect.poll(() => ended).toBe(1);
  });
});

describe("server-sent events", () => {
  test("a refusal before the first piece is an answer like any other", async () => {
    pieces = async function* () {
      yield await Promise.reject(new Problem("overloaded", { retryAfterSeconds: 2 }));
    };
    const answer = await fetch(`http://127.0.0.1:${port}/events`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
  });

  test("end whole when there are no more", async () => {
    pieces = async function* () {
      yield "data: 1\n\n";
      yield "data: 2\n\n";
    };
    const answer = await fetch(`http://127.0.0.1:${port}/events`);
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    expect(await answer.text()).toBe("data: 1\n\ndata: 2\n\n");
    expect(ended).toBe(1);
  });

  test("nothing is made ahead of what is taken, and who takes nothing is given up", async () => {
    pieces = endless;
    takenWithinMs = 200;
    const socket = await ask("/events");
    socket.pause();
    // What is not held back goes on within a turn; the rest is what the kernel holds of a connection.
    for (let turns = 0; turns < 3_000 && ended === 0; turns++) await turn();
    expect(made).toBeGreaterThan(0);
    expect(made * 64 * 1024).toBeLessThan(64 * 1024 * 1024);
    await expect.poll(() => ended).toBe(1);
  });

  test("a fault in the middle cuts the answer off, so that nobody takes it for whole", async () => {
    pieces = async function* () {
      yield "data: 1\n\n";
      throw new Error("A fault.");
    };
    const answer = await fetch(`http://127.0.0.1:${port}/events`);
    await expect(answer.text()).rejects.toThrow();
    expect([ended, faults]).toEqual([1, ["A fault."]]);
  });
});
