import { Agent, request } from "node:http";

/** One connection to Mooring that stays open: whichever process took it answers all that is asked on it. */
export interface Line {
  /** Asks one thing after the other. Rejects when the connection breaks, and asks on a new one the next time. */
  ask(method: string, path: string, sent?: { body?: unknown; headers?: Readonly<Record<string, string>> }): Promise<LineAnswer>;
  close(): void;
}

export interface LineAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what is asked decides what it is.
  readonly body: any;
}

/** `headers` go with everything that is asked. Connects with the first question. */
export function openLine(origin: URL, headers: Readonly<Record<string, string>>): Line {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return { ask, close: () => agent.destroy() };

  function ask(
    method: string,
    path: string,
    sent: { body?: unknown; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<LineAnswer> {
    const payload = sent.body === undefined ? undefined : JSON.stringify(sent.body);
    const type = payload === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(payload)) };
    return new Promise((resolve, reject) => {
      const asking = request(new URL(path, origin), { method, agent, headers: { ...headers, ...type, ...sent.headers } }, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (piece: string) => {
          text += piece;
        });
        answer.on("error", reject);
        answer.on("end", () => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, body: parsed(text) });
        });
      });
      // Generous: a line that says nothing for this long is stuck.
      asking.setTimeout(silenceMs, () => asking.destroy(new Error(`Nothing was answered for ${silenceMs} ms.`)));
      asking.on("error", reject);
      asking.end(payload);
    });
  }
}

const silenceMs = 20_000;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
