import { createHash } from "node:crypto";
import { type Agent, request } from "node:http";
import type { Ledger } from "../../harness/ledger.ts";
import type { Way } from "./way.ts";

/** An outside system that sends one event after the other, and has its own ledger of which were taken. */
export interface Sender {
  readonly ledger: Ledger;
  /** Sends until no answer comes. What was not answered is sent again the next time, as any sender does. */
  work(origin: URL, agent: Agent): Promise<void>;
  /** Sends again what was not answered. Throws when that gets no answer either. */
  finish(origin: URL, agent: Agent): Promise<void>;
}

export function createSender({ name, ledger, way }: { name: string; ledger: Ledger; way: Way }): Sender {
  let count = 0;
  /** What was sent and not answered. */
  let open: string | undefined;
  return { ledger, work, finish };

  async function work(origin: URL, agent: Agent): Promise<void> {
    for (;;) {
      if (open === undefined) {
        open = JSON.stringify({ event: `${name}-${count++}`, what: "x".repeat(900) });
        ledger.asked({ operation: "event.sent", kind: "event", id: sha256Of(open), content: { sent: true } });
      }
      if (!(await isTaken(open, origin, agent))) return;
    }
  }

  async function isTaken(body: string, origin: URL, agent: Agent): Promise<boolean> {
    const answer = await post(new URL(way.path, origin), agent, { body, headers: way.sign(body) });
    if (answer === undefined || answer.status === 503) return false;
    if (answer.status > 299) throw new Error(`An event was answered ${answer.status} ${answer.text}`);
    ledger.told({});
    open = undefined;
    return true;
  }

  async function finish(origin: URL, agent: Agent): Promise<void> {
    if (open !== undefined && !(await isTaken(open, origin, agent)))
      throw new Error("An event was not answered although nothing was killed.");
  }
}

export const sha256Of = (body: string) => createHash("sha256").update(body).digest("base64url");

interface Post {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends one event, and gives all of the answer. Undefined when none came. */
export function post(url: URL, agent: Agent, { body, headers }: Post): Promise<{ status: number; text: string } | undefined> {
  return new Promise((resolve) => {
    const type = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const sending = request(url, { method: "POST", agent, headers: { ...type, ...headers } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      answer.on("error", () => resolve(undefined)).on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sending.on("error", () => resolve(undefined)).end(body);
  });
}
