import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { apiKey } from "./place.ts";

/** One request to send again and again. */
export interface Asked {
  readonly method: "GET" | "PUT";
  readonly path: string;
  readonly body?: unknown;
}

/** What one run found. */
export interface Found {
  readonly perSecond: number;
  readonly medianMs: number;
}

/** Callers in a process of their own, each on one connection that is kept. */
export interface Load {
  /** Each caller sends what it has in turn, the next as soon as the last is answered, and goes on in the next run where it was. */
  run(forMs: number): Promise<Found>;
  stop(): void;
}

/** Callers for `port`, one for each list in `callers`. An answer that is not 200 fails the run. */
export async function startLoad(port: number, callers: readonly (readonly Asked[])[]): Promise<Load> {
  const child = fork(new URL("load-process.ts", import.meta.url), { execArgv: ["--disable-warning=ExperimentalWarning"] });
  child.send({ port, callers: callers.map((list) => list.map(textOf)) });
  await once(child, "message");
  return { run: (forMs) => ordered(child, { forMs }), stop: () => child.disconnect() };
}

/** Sends `order` to a process that answers with one message. Throws what that says went wrong. */
export async function ordered<Answer>(child: ChildProcess, order: object): Promise<Answer> {
  child.send(order);
  const [answer] = (await once(child, "message")) as [Answer & { fault?: string }];
  if (answer.fault !== undefined) throw new Error(answer.fault);
  return answer;
}

function textOf({ method, path, body }: Asked): string {
  const text = body === undefined ? "" : JSON.stringify(body);
  const type = body === undefined ? "" : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n`;
  return `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\nAuthorization: Bearer ${apiKey}\r\n${type}\r\n${text}`;
}
