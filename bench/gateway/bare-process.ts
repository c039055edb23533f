import { createServer } from "node:http";
import { type Dispatcher, Pool } from "undici";

/**
 * What the gateway is measured against: node:http in front, undici's dispatch behind, one fixed header added, raw header arrays, one
 * write for each answer. It proves nobody's identity, looks nothing up, checks nothing and cannot stream. argv: the upstream's origin.
 */
const pool = new Pool(process.argv[2] ?? "", { connections: 128, pipelining: 1 });
const hop = new Set(["connection", "keep-alive", "transfer-encoding", "host", "content-length"]);

const server = createServer((request, response) => {
  const headers: string[] = [];
  const { rawHeaders } = request;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (!hop.has(name.toLowerCase())) headers.push(name, rawHeaders[at + 1] as string);
  }
  headers.push("X-Api-Key", "a fixed header");
  let text = "";
  let status = 0;
  const answer: string[] = [];
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {},
    onResponseStart(controller, code) {
      status = code;
      const raw = controller.rawHeaders as Buffer[];
      for (let at = 0; at < raw.length; at += 2) {
        const name = (raw[at] as Buffer).toString("latin1");
        if (name !== "connection" && name !== "Connection" && name !== "keep-alive" && name !== "Keep-Alive") {
          answer.push(name, (raw[at + 1] as Buffer).toString("latin1"));
        }
      }
    },
    onResponseData(_controller, chunk) {
      text += chunk.toString("latin1");
    },
    onResponseEnd() {
      response.writeHead(status, answer);
      response.end(text, "latin1");
    },
    onResponseError() {
      response.destroy();
    },
  };
  pool.dispatch({ path: request.url ?? "/", method: (request.method ?? "GET") as Dispatcher.HttpMethod, headers, body: null }, handler);
});

server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
process.once("disconnect", () => process.exit(0));
