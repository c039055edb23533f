import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** `npm run listen` as somebody runs it: a process of its own, which is gone when the test ends. */
export interface Listener {
  readonly pid: number;
  /** What it has written so far. */
  written(): string;
  /** Resolves when it has written this. Rejects with all it wrote when it ends without. */
  says(text: string | RegExp): Promise<void>;
  /** Sends the signal; gives the exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  readonly ended: Promise<number | null>;
}

export function startListening(args: readonly string[], env: Readonly<Record<string, string>> = {}): Listener {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "listen/listen.ts", ...args], {
    cwd: join(import.meta.dirname, "../../.."),
    env: { ...process.env, MOORING_API_KEY: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 55_000,
    killSignal: "SIGKILL",
  });
  const pieces: string[] = [];
  const written = () => pieces.join("");
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (piece: string) => pieces.push(piece));
  let isOver = false;
  const ended = once(child, "close").then(([code]) => {
    isOver = true;
    return code as number | null;
  });
  // However the test ends, what it started ends too.
  onTestFinished(async () => void (await end("SIGKILL")));
  return { pid: child.pid ?? 0, written, says, end, ended };

  async function says(wanted: string | RegExp): Promise<void> {
    const isSaid = () => (typeof wanted === "string" ? written().includes(wanted) : wanted.test(written()));
    while (!isSaid() && !isOver) await pause(5);
    if (!isSaid()) throw new Error(`It ended without saying ${wanted}. It wrote:\n${written()}`);
  }

  function end(signal: NodeJS.Signals): Promise<number | null> {
    child.kill(signal);
    return ended;
  }
}

/** A program that takes what is forwarded to it. */
export interface Target {
  readonly url: string;
  readonly got: readonly { readonly headers: IncomingHttpHeaders; readonly body: Buffer }[];
  /** What it answers; 200 at first. */
  answers(status: number): void;
  close(): Promise<void>;
}

/** On any port, or on that of one that was closed. */
export async function startTarget(port = 0): Promise<Target> {
  const got: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  let status = 200;
  const server: Server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    got.push({ headers: request.headers, body });
    response.writeHead(status).end();
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    answers(next) {
      status = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
