import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What an outside system saw of one call. */
export interface Seen {
  readonly path: string;
  /** The header X-Api-Key. */
  readonly key: string;
  /** `user:password` of basic auth; empty when none came. */
  readonly login: string;
}

/** An outside system on loopback that answers every call with what it saw of it. */
export async function startOutside(): Promise<{ url: URL; allow: string; stop(): Promise<void> }> {
  const server = createServer(({ url = "", headers }, response) => {
    const login = Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64").toString();
    const seen: Seen = { path: url, key: String(headers["x-api-key"] ?? ""), login };
    response.setHeader("content-type", "application/json").end(JSON.stringify(seen));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    allow: `127.0.0.1/32:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
