import { parsedBody, valueAt } from "../../domain/event-body.ts";
import type { Received } from "../../domain/received.ts";
import type { TriggerTarget } from "../../domain/trigger-target.ts";

/**
 * The text by which a sender proves the address, and that it wants back; undefined where this is an event. Only for what passed all
 * credentials: a stranger is told nothing that depends on what it sent (W-2).
 */
export function challengeIn(
  { trigger, credentials }: Pick<TriggerTarget, "trigger" | "credentials">,
  { url, body }: Pick<Received, "url" | "body">,
): string | undefined {
  const { challenge } = trigger.document;
  if (challenge === undefined) return undefined;
  const { in: place, name } = challenge;
  // A key that stands there proves who sends, and is never shown (V-7).
  if (place === "query" && credentials.some(({ config }) => config.schemeType === "api-key" && config.in === place && config.name === name))
    return undefined;
  const text = place === "query" ? inQuery(url, name) : inBody(body, name);
  return typeof text === "string" && printable.test(text) ? text : undefined;
}

/** None of two: which one is meant, nobody knows. */
function inQuery(url: string, name: string): string | undefined {
  const at = url.indexOf("?");
  if (at === -1) return undefined;
  const values = new URLSearchParams(url.slice(at + 1)).getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

/** Whatever the body's type is said to be: many senders say it wrong. */
const inBody = (body: Buffer, pointer: string): unknown =>
  body.length === 0 || body.length > bodyBytesMax ? undefined : valueAt(parsedBody(body), pointer);

// Every event is parsed for it, before others have their turn.
const bodyBytesMax = 16 * 1024;

// 1 to 1,024 characters that UTF-8 has as they are; U+FFFD stands for bytes that were none.
const printable = /^[^\p{Cc}\p{Cs}\ufffd]{1,1024}$/u;
