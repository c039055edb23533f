import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export interface DrainTimes {
  /**
   * How long a connection must be silent before it is closed, and how long new ones are still taken. With 0, silent ones are closed as
   * soon as they are seen.
   */
  readonly idleMs: number;
  /** When whatever is left is cut off. */
  readonly drainMs: number;
}

/**
 * Lets go of a server's connections without losing a request (L-3). A client that got `Connection: close` sends nothing more, so that
 * closing is safe; answers must say so from now on, and those under way are made to say so here. A silent connection gets no answer to
 * say it in, and a request may be on its way on it: it is closed when nothing came for `idleMs`. Resolves when none is left.
 */
export function drain(server: Server, sockets: ReadonlySet<Socket>, { idleMs, drainMs }: DrainTimes): Promise<void> {
  const seen = new Map<Socket, { bytes: number; sinceMs: number }>();
  for (const socket of sockets) {
    const answer = answerOn(socket);
    if (answer && !answer.headersSent) answer.shouldKeepAlive = false;
  }
  closeSilent();
  // To Node, one whose answer ended a moment ago is idle, and it closes those when it stops to listen.
  if (idleMs > 0) server.closeIdleConnections = () => {};

  return new Promise((resolve) => {
    const look = setInterval(closeSilent, lookEveryMs);
    // Who is told to close opens another; until a balancer has found its way elsewhere, that must be answered too.
    const stop = setTimeout(() => server.close(ended), idleMs);
    const cut = setTimeout(() => server.closeAllConnections(), drainMs);

    function ended(): void {
      clearInterval(look);
      clearTimeout(stop);
      clearTimeout(cut);
      resolve();
    }
  });

  function closeSilent(): void {
    const nowMs = performance.now();
    for (const socket of sockets) {
      const bytes = socket.bytesRead;
      const before = seen.get(socket);
      // To Node, one that a browser opened ahead and has sent nothing on is waiting for a request; here it is silent as well.
      if (before?.bytes !== bytes || answerOn(socket)) seen.set(socket, { bytes, sinceMs: nowMs });
      else if (nowMs - before.sinceMs >= idleMs) socket.destroySoon();
    }
  }
}

const lookEveryMs = 20;

/** The answer that is being given on a connection. Node has no public name for it, and to keep book of it would cost each request. */
function answerOn(socket: Socket): ServerResponse | undefined {
  return (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}
