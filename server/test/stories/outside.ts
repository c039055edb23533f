import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bodyOf } from "../clients/outside.ts";

/** A request as it arrived: the query in its order, names of headers in lower case, the body as text. */
export interface Arrived {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An outside system that takes anything and writes down what arrives. */
export interface OutsideSystem {
  readonly url: string;
  /** What arrived since this was asked last. */
  taken(): Arrived[];
  /** What it answers from now on: 200 and `{}` until this is called. */
  answerWith(status: number, body?: unknown): void;
  close(): Promise<void>;
}

/** Listens on a free port of loopback. */
export async function startOutsideSystem(): Promise<OutsideSystem> {
  let arrived: Arrived[] = [];
  let answer: { status: number; body?: unknown } = { status: 200, body: {} };
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    const [path = "", query = ""] = url.split("?");
    const body = await bodyOf(request);
    arrived.push({ method, path, query, headers: textsOf(headers), body: body.toString("utf8") });
    if (answer.body === undefined) return void response.writeHead(answer.status).end();
    response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken() {
      const all = arrived;
      arrived = [];
      return all;
    },
    answerWith(status, body) {
      answer = { status, body };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const textsOf = (headers: NodeJS.Dict<string | string[]>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]));
