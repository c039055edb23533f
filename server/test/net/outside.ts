import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { afterEach } from "vitest";
import { createLog } from "../../src/kernel/log.ts";
import { parseEgressRule } from "../../src/net/egress.ts";
import { createNet, type Net, type NetCall, type NetDeps, type NetRequest } from "../../src/net/net.ts";
import { problemOf } from "../../src/net/problems.ts";
import { createTestClock } from "../harness/clock.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A door for one test; `rules` are those of MOORING_EGRESS_ALLOW, loopback when left out. Names resolve only through `resolve`. */
export function openNet({ rules = ["127.0.0.0/8"], ...deps }: { rules?: readonly string[] } & Partial<NetDeps> = {}): Net {
  const net = createNet({
    allow: rules.map(parseEgressRule),
    log: createLog("silent"),
    clock: createTestClock(),
    resolve: () => Promise.reject(new Error("no name is known")),
    ...deps,
  });
  cleanups.push(() => net.close());
  return net;
}

/** How a call ended: its status and body, or the code of the problem to answer. */
export interface Outcome {
  readonly status?: number;
  readonly body?: string;
  readonly code?: string;
  readonly message?: string;
}

/** Sends one request and waits for its end; `call` allows to abort it on the way. */
export function send(net: Net, request: Partial<NetRequest> & { origin: string }): Promise<Outcome> & { call: NetCall } {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const chunks: Buffer[] = [];
  let status = 0;
  const call = net.dispatch(
    { org: "one", path: "/", method: "GET", headers: [], body: null, ...request },
    {
      onRequestStart() {},
      onResponseStart(_controller, code) {
        status = code;
      },
      onResponseData(_controller, chunk) {
        chunks.push(Buffer.from(chunk));
      },
      onResponseEnd() {
        resolve({ status, body: Buffer.concat(chunks).toString() });
      },
      onResponseError(_controller, error) {
        const { code, message } = problemOf(error);
        resolve({ code, message });
      },
    },
  );
  return Object.assign(promise, { call });
}

/** An outside API on loopback that remembers what it saw. */
export async function startApi(
  answer: RequestListener,
): Promise<{ origin: string; port: number; seen: IncomingMessage[]; sockets: Set<Socket> }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    answer(request, response);
  });
  const { port, sockets } = await listen(server, "127.0.0.1");
  return { origin: `http://127.0.0.1:${port}`, port, seen, sockets };
}

/** A server that must never be reached: it counts connections and bytes. Undefined where the machine lacks `host`. */
export async function startSentinel(host: string, port: number): Promise<{ connections: number; bytes: number } | undefined> {
  const seen = { connections: 0, bytes: 0 };
  const server = createTcpServer((socket) => {
    seen.connections += 1;
    socket.on("data", (chunk) => {
      seen.bytes += chunk.length;
    });
  });
  return listen(server, host, port).then(
    () => seen,
    () => undefined,
  );
}

/** Listens until the test is over; then every connection is cut. */
export async function listen(server: Server, host: string, port = 0): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  });
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}
