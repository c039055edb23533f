import { createServer, type ServerResponse } from "node:http";
import { type Dispatcher, Pool } from "undici";

/**
 * What streaming through the gateway is measured against: as bare-process.ts, but bodies pass as they come, in both directions, no
 * faster than they are taken. argv: the upstream's origin.
 */
const pool = new Pool(process.argv[2] ?? "", { connections: 128, pipelining: 1 });
const hop = new Set(["connection", "keep-alive", "transfer-encoding", "host"]);

const server = createServer((request, response) => {
  const headers: string[] = [];
  const { rawHeaders } = request;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (!hop.has(name.toLowerCase())) headers.push(name, rawHeaders[at + 1] as string);
  }
  headers.push("X-Api-Key", "a fixed header");
  const method = (request.method ?? "GET") as Dispatcher.HttpMethod;
  pool.dispatch({ path: request.url ?? "/", method, headers, body: method === "GET" ? null : request }, new Relay(response));
});

class Relay implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    const raw = controller.rawHeaders as Buffer[];
    const headers = raw.map((text) => text.toString("latin1"));
    const kept = headers.filter((_, at) => !hop.has((headers[at - (at % 2)] as string).toLowerCase()));
    this.#response.writeHead(status, kept);
    this.#response.on("drain", () => controller.resume());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#response.end();
  }

  onResponseError(): void {
    this.#response.destroy();
  }
}

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.once("disconnect", () => process.exit(0));
