import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy to `target` that can go silent: sockets stay open and nothing arrives any more, as when a network breaks (half-open). */
export async function startSilentProxy(target: { host: string; port: number }) {
  let isSilent = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (chunk) => void (isSilent || to.write(chunk)));
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    silence() {
      isSilent = true;
    },
    /** New connections get through again; those that were open stay dead, as after a break they would. */
    heal() {
      isSilent = false;
      for (const socket of sockets) socket.pause();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
