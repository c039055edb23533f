import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type DrainTimes, drain } from "./drain.ts";

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** A socket that is open before there is anything to serve, so that a taken port is known first and a free one has its number. */
export interface Listener {
  readonly server: Server;
  /** The port that is listened on, also when any free one was asked for. */
  readonly port: number;
  /** From now on requests go here; until then they are told to come back. */
  serve(handle: Handle): void;
  /** From now on every answer is the last of its connection; resolves when no connection is left. */
  close(times: DrainTimes): Promise<void>;
  /** Connections that are open, and those that were refused since the start because too many were. */
  stats(): { readonly connections: number; readonly refused: number };
}

/**
 * Listens on `host` and `port`; beyond `connectionsMax`, a connection is closed as soon as it is opened (L-2). Headers must be there within 10 s; the rest of a request has no deadline here, because a long upload
 * through the gateway is not a slow request. Rejects with an Error that says what to do when the port is taken.
 */
export async function listen({ host, port, connectionsMax }: ListenDeps): Promise<Listener> {
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
    },
    (request, response) => {
      if (isClosing) response.shouldKeepAlive = false;
      handle(request, response);
    },
  );
  server.maxConnections = connectionsMax;
  server.on("drop", () => {
    refused += 1;
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(readable(error, host, port)));
    server.listen({ host, port }, resolve);
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    serve(next) {
      handle = next;
    },
    close(times) {
      isClosing = true;
      return drain(server, sockets, times);
    },
    stats: () => ({ connections: sockets.size, refused }),
  };
}

interface ListenDeps {
  readonly host: string;
  readonly port: number;
  readonly connectionsMax: number;
}

function readable(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new Error(`Port ${port} of ${host} is taken. Stop what uses it, or choose another with MOORING_PORT.`);
  if (error.code === "EACCES") return new Error(`Port ${port} may not be opened by this user. Choose one above 1023 with MOORING_PORT.`);
  return error;
}
