import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { pieces } from "./pattern.ts";

/** A request as it reached the outside system. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
}

/** An outside system on loopback, with an answer of each kind that a client has to cope with. */
export interface Outside {
  readonly url: URL;
  /** A rule for the egress policy that opens it. */
  readonly allow: string;
  readonly seen: Seen[];
  /** Resolves when the exchange that is under way at `path` has lost its connection. */
  cutAt(path: string): Promise<void>;
  stop(): Promise<void>;
}

export type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => unknown;

/** Serves `routes`, by method and the first segment of the path; all that is under way is cut off when it stops. */
export async function startOutside(routes: Readonly<Record<string, Answer>>): Promise<Outside> {
  const seen: Seen[] = [];
  const waiting = new Map<string, () => void>();
  const server = createServer(async (request, response) => {
    const { method = "", url: path = "/", rawHeaders } = request;
    seen.push({ method, url: path, rawHeaders });
    response.on("close", () => void (response.writableFinished || waiting.get(path)?.()));
    const url = new URL(path, "http://outside.test");
    const answer = routes[`${method} /${url.pathname.split("/")[1]}`];
    if (!answer) return void response.writeHead(501).end(`There is no answer to ${method} ${path}.`);
    await answer(request, response, url);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    allow: `127.0.0.1/32:${port}`,
    seen,
    cutAt: (path) => new Promise((resolve) => void waiting.set(path, resolve)),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The values that a header reached the outside system with. */
export const valuesOf = ({ rawHeaders }: Seen, name: string): string[] =>
  rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);

export const answerJson = (response: ServerResponse, body: unknown, status = 200): void =>
  void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

/** The whole body of a small request. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of request) all.push(piece as Buffer);
  return Buffer.concat(all);
}

/** What the compressed answers say once they are unpacked. */
export const longText = "A sentence that packs well. ".repeat(2000);

const packers: Readonly<Record<string, (text: string) => Buffer>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};

/** One answer of each kind. */
export const everyAnswer: Readonly<Record<string, Answer>> = {
  "GET /json": (_, response, { search }) => answerJson(response, { search, text: "grüße 🚢" }),
  "HEAD /json": (_, response) => void response.writeHead(200, { "content-type": "application/json", "content-length": "4321" }).end(),
  "DELETE /item": (_, response) => void response.writeHead(204, { etag: '"gone"' }).end(),
  "POST /echo": async (request, response) => {
    const body = await bodyOf(request);
    response.writeHead(201, { "content-type": request.headers["content-type"] ?? "none" }).end(body);
  },
  "PUT /sum": async (request, response) => {
    const hash = createHash("sha256");
    for await (const piece of request) hash.update(piece as Buffer);
    answerJson(response, { sha256: hash.digest("hex"), framing: request.headers["transfer-encoding"] ?? "length" });
  },
  "GET /pattern": async (_, response, { searchParams }) => {
    const bytes = Number(searchParams.get("bytes"));
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": String(bytes) });
    // Whoever asked may have enough before the end.
    await pipeline(Readable.from(pieces(bytes), { objectMode: false }), response).catch(() => {});
  },
  "GET /redirect": (_, response, { pathname }) =>
    void response.writeHead(Number(pathname.split("/")[2]), { location: "https://elsewhere.example/next" }).end("moved"),
  "GET /packed": (_, response, { pathname }) => {
    const coding = pathname.split("/")[2] ?? "";
    const packed = packers[coding]?.(longText);
    response.writeHead(200, { "content-type": "text/plain", "content-encoding": coding, "content-length": packed?.length }).end(packed);
  },
  "GET /status": (_, response, { pathname }) => answerJson(response, { error: "no" }, Number(pathname.split("/")[2])),
  "GET /broken": (request, response) => {
    response.writeHead(200, { "content-length": "1000" }).write("half");
    setImmediate(() => request.socket.destroy());
  },
  "GET /endless": (_, response) => void response.writeHead(200).write("the first piece"),
  "GET /silent": () => {},
};
