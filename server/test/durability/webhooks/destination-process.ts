import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

/** What the destination is told: what it is to verify with, and up to how long it takes to answer. */
export type DestinationOrder = { readonly key: string; readonly slowMs: number } | "report";

/** What arrived so far. */
export interface DestinationReport {
  /** Of each event, by its `webhook-id`: what its body was, and how often it came. */
  readonly events: readonly { readonly id: string; readonly sha256: string; readonly times: number }[];
  /** Events that arrived again with another body. */
  readonly different: number;
  /** Requests that the official library refused, the first few with its reason. */
  readonly unverified: number;
  readonly reasons: readonly string[];
  /** Requests that came while another with the same event had no answer yet. */
  readonly overlapping: number;
}

/**
 * A destination that keeps its own account of what arrives, verified with the official library. A process of its own, which is never
 * killed: sends its address to its parent, and a report whenever it is asked for one.
 */
const events = new Map<string, { sha256: string; times: number; underWay: number }>();
let [different, unverified, overlapping] = [0, 0, 0];
const reasons: string[] = [];
let verifier: Webhook | undefined;
let slowMs = 0;

const server = createServer(async (request, response) => {
  const body = await buffer(request).catch(() => undefined);
  // Cut off before its end, as by a killed sender: nothing has arrived.
  if (body === undefined || !request.complete) return;
  verify(body, request.headers as Record<string, string>);
  const sha256 = createHash("sha256").update(body).digest("base64url");
  const id = String(request.headers["webhook-id"]);
  const event = events.get(id) ?? { sha256, times: 0, underWay: 0 };
  events.set(id, event);
  event.times += 1;
  if (event.sha256 !== sha256) different += 1;
  if (event.underWay > 0) overlapping += 1;
  event.underWay += 1;
  if (slowMs > 0) await pause(Math.random() * slowMs);
  event.underWay -= 1;
  response.writeHead(204).end();
});

function verify(body: Buffer, headers: Record<string, string>): void {
  try {
    if (!verifier) throw new Error("No key is known yet.");
    verifier.verify(body, headers);
  } catch (error) {
    unverified += 1;
    if (reasons.length < 5) reasons.push(String(error));
  }
}

process.on("message", (order: DestinationOrder) => {
  if (order !== "report") {
    verifier = new Webhook(order.key, {});
    slowMs = order.slowMs;
    return;
  }
  const counted = [...events].map(([id, { sha256, times }]) => ({ id, sha256, times }));
  process.send?.({ events: counted, different, unverified, reasons, overlapping } satisfies DestinationReport);
});
process.once("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
