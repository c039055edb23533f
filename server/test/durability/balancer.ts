import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Where a node is; its place stays when another process takes it over. */
export interface Slot {
  url: URL;
}

/**
 * A balancer as operators have them: takes turns between nodes whose /readyz said yes when last asked, keeps connections to them, and
 * tries nothing twice. `faults` are requests for which it got no answer.
 */
export async function startBalancer(slots: readonly Slot[], { watchEveryMs }: { watchEveryMs: number }) {
  const agent = new Agent({ keepAlive: true });
  const ready = new Set<Slot>();
  const faults: string[] = [];
  let turn = 0;
  // Without an end of its own to kept connections, whatever breaks is broken by a node.
  const server = createServer({ keepAliveTimeout: 0 }, pass);
  const watch = setInterval(() => void Promise.all(slots.map(look)), watchEveryMs);
  await Promise.all(slots.map(look));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}`), faults, isReady: (slot: Slot) => ready.has(slot), stop };

  async function look(slot: Slot): Promise<void> {
    const { url } = slot;
    const answer = await fetch(new URL("/readyz", url), { headers: { connection: "close" } }).catch(() => undefined);
    await answer?.body?.cancel();
    if (slot.url !== url) return;
    if (answer?.status === 200) ready.add(slot);
    else ready.delete(slot);
  }

  function pass(request: IncomingMessage, response: ServerResponse): void {
    const nodes = [...ready];
    const node = nodes[turn++ % nodes.length];
    if (!node) {
      fail(response, "no node is ready");
      return;
    }
    const { method, url: path, headers } = request;
    const { hostname, port: nodePort } = node.url;
    const passed = httpRequest({ agent, hostname, port: nodePort, method, path, headers: { ...headers, connection: "keep-alive" } });
    passed.on("response", (answer) => {
      const { connection: _connection, "keep-alive": _keepAlive, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, kept);
      answer.pipe(response);
      answer.on("error", (error) => fail(response, `${method} ${path} broke off: ${error.message}`));
    });
    passed.on("error", (error) => fail(response, `${method} ${path}: ${error.message}`));
    request.pipe(passed);
  }

  function fail(response: ServerResponse, fault: string): void {
    faults.push(fault);
    if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  }

  async function stop(): Promise<void> {
    clearInterval(watch);
    agent.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
