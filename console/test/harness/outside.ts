import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** An outside system: an order desk that answers in JSON, and refuses tokens. */
export interface Outside {
  readonly url: string;
  /** What it was asked, oldest first. */
  readonly asked: readonly {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }[];
  close(): Promise<void>;
}

const order = (id: string) => ({
  id,
  state: "packed",
  total: 42.5,
  lines: [{ sku: "rope-12", quantity: 2 }],
  placedAt: "2026-11-20T09:30:00.000Z",
});

/** Starts it on a free port of 127.0.0.1. Whatever ends in `/broken` answers 500, and `/token` refuses every grant. */
export async function startOutside(): Promise<Outside> {
  const asked: { method: string; path: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ method, path, headers, body });
    const [status, answer] = answerTo(path);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function answerTo(path: string): [number, unknown] {
  const last = new URL(path, "http://outside").pathname.split("/").at(-1) ?? "";
  if (last === "token") return [400, { error: "invalid_grant", error_description: "The grant was revoked." }];
  if (last === "broken") return [500, { message: "The order desk is on fire." }];
  if (last === "orders") return [200, { orders: ["1001", "1002", "1003"].map(order) }];
  return [200, order(last)];
}
