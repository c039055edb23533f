import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands in front of a server and counts the connections that clients open to it. */
export interface Door {
  readonly origin: string;
  connections(): number;
  stop(): Promise<void>;
}

/** Opens a door to `server`; what is open when it stops is cut. */
export async function openDoor(server: URL): Promise<Door> {
  let connections = 0;
  const open = new Set<Socket>();
  const door = createServer((near) => {
    connections += 1;
    const far = connect({ port: Number(server.port), host: server.hostname });
    for (const socket of [near, far]) {
      open.add(socket);
      socket
        .on("error", () => {})
        .on("close", () => {
          open.delete(socket);
          near.destroy();
          far.destroy();
        });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
    connections: () => connections,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => door.close(resolve));
    },
  };
}
