import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type DrainTimes, drain } from "./drain.ts";

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** A socket that is open before there is anything to serve, so that a taken port is known first and a free one has its number. */
export interface Listener {
  readonly server: Server;
  /** The port that is listened on, also when any free one was asked for. */
  readonly port: number;
  /** From now on requests go here; until then they are told to come back. Resolves when the socket is open. */
  serve(handle: Handle): Promise<void>;
  /** From now on every answer is the last of its connection; resolves when no connection is left. */
  close(times: DrainTimes): Promise<void>;
  /** Connections that are open, and those that were refused since the start because too many were. */
  stats(): { readonly connections: number; readonly refused: number };
}

/**
 * Listens on `host` and `port`; beyond `connectionsMax`, a connection is closed as soon as it is opened (L-2). Headers must be there
 * within 10 s; the rest of a request has no deadline here, because a long upload through the gateway is not a slow request. Rejects with
 * an Error that says what to do when the port is taken. One that opens only when it serves is for a process that joins others on their
 * port: until then they take what comes.
 */
export async function listen({ host, port, connectionsMax, opens = "now" }: ListenDeps): Promise<Listener> {
  let isClosing = false;
  let refused = 0;
  let handle: Handle = (_request, response) => {
    response.writeHead(503, { "retry-after": "1", "content-type": "application/json; charset=utf-8" });
    response.end(JSON.stringify({ code: "overloaded", message: "Mooring is starting; try again shortly." }));
  };
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 0,
      // Longer than common balancers keep a connection, so that they never send into a closing socket.
      keepAliveTimeout: 72_000,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: 32 * 1024,
      insecureHTTPParser: false,
      // Node would answer by itself, and go on with what is already there of the same connection.
      requireHostHeader: false,
    },
    begin,
  );
  // Of several processes on a port, one that is full would else hand a connection on, and when all are full, round and round. Node's types
  // do not know that yet.
  Object.assign(server, { maxConnections: connectionsMax, dropMaxConnection: true });
  server.on("drop", () => {
    refused += 1;
  });
  // Whoever takes the request says when its body may come, so that one that is refused is not sent.
  server.on("checkContinue", begin);
  const open = () =>
    new Promise<void>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) => reject(readable(error, host, port)));
      server.listen({ host, port }, resolve);
    });
  if (opens === "now") await open();
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return {
    server,
    port: opens === "now" ? (server.address() as AddressInfo).port : port,
    async serve(next) {
      handle = next;
      if (opens !== "now") await open();
    },
    close(times) {
      isClosing = true;
      return drain(server, sockets, times);
    },
    stats: () => ({ connections: sockets.size, refused }),
  };

  function begin(request: IncomingMessage, response: ServerResponse): void {
    if (isClosing) response.shouldKeepAlive = false;
    handle(request, response);
  }
}

interface ListenDeps {
  readonly host: string;
  readonly port: number;
  readonly connectionsMax: number;
  readonly opens?: "now" | "when it serves";
}

function readable(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new Error(`Port ${port} of ${host} is taken. Stop what uses it, or choose another with MOORING_PORT.`);
  if (error.code === "EACCES") return new Error(`Port ${port} may not be opened by this user. Choose one above 1023 with MOORING_PORT.`);
  return error;
}

/** A port of `host` that nothing listens on at this moment. */
export async function freePort(host: string): Promise<number> {
  const { port, server } = await listen({ host, port: 0, connectionsMax: 1 });
  await new Promise((resolve) => server.close(resolve));
  return port;
}
