import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** A socket that is open before there is anything to serve, so that a taken port is known first and a free one has its number. */
export interface Listener {
  readonly server: Server;
  /** The port that is listened on, also when any free one was asked for. */
  readonly port: number;
  /** From now on requests go here; until then they are told to come back. Resolves when the socket is open. */
  serve(handle: Handle): Promise<void>;
  /** Takes no more connections, lets requests under way end for at most `drainMs`, and cuts off what is left. */
  close(drainMs: number): Promise<void>;
}

/**
 * Listens on `host` and `port`. Headers must be there within 10 s; the rest of a request has no deadline here, because a long upload
 * through the gateway is not a slow request. Rejects with an Error that says what to do when the port is taken. One that opens only when
 * it serves is for a process that joins others on their port: until then they take what comes.
 */
export async function listen({
  host,
  port,
  opens = "now",
}: {
  host: string;
  port: number;
  opens?: "now" | "when it serves";
}): Promise<Listener> {
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
    (request, response) => handle(request, response),
  );
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
    close: (drainMs) => close(server, sockets, drainMs),
  };
}

function close(server: Server, sockets: ReadonlySet<Socket>, drainMs: number): Promise<void> {
  return new Promise((resolve) => {
    // A connection that is kept alive becomes idle when its request ends, so this is asked again and again.
    const idle = setInterval(() => {
      server.closeIdleConnections();
      // To Node, one that a browser opened ahead and has sent nothing on is waiting for a request, not idle.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    }, 50);
    const cut = setTimeout(() => server.closeAllConnections(), drainMs);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(cut);
      resolve();
    });
  });
}

function readable(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new Error(`Port ${port} of ${host} is taken. Stop what uses it, or choose another with MOORING_PORT.`);
  if (error.code === "EACCES") return new Error(`Port ${port} may not be opened by this user. Choose one above 1023 with MOORING_PORT.`);
  return error;
}

/** A port of `host` that nothing listens on at this moment. */
export async function freePort(host: string): Promise<number> {
  const { port, server } = await listen({ host, port: 0 });
  await new Promise((resolve) => server.close(resolve));
  return port;
}
