import { isUtf8 } from "node:buffer";
import type { EventSummary, SubscriptionEvent } from "@mooring/contract";
import type { StoredEvent } from "./event.ts";

/** What a list says of an event: all that was kept but its content. */
export type EventHead = Omit<
  StoredEvent,
  "connectionId" | "target" | "headers" | "body" | "faults" | "verification" | "sealed" | "dedupeKey"
> & {
  readonly bytes: number;
};

/** An event as lists show it. */
export function eventSummary(head: EventHead): EventSummary {
  const { environmentId, triggerName, sequence, method, contentType, fits } = head;
  return {
    id: head.id,
    origin: head.origin,
    type: head.type,
    ...(environmentId === undefined ? {} : { environment: environmentId }),
    ...(triggerName === undefined ? {} : { trigger: triggerName }),
    ...(sequence === undefined ? {} : { sequence }),
    receivedAt: head.receivedAt.toISOString(),
    ...(method === undefined ? {} : { method }),
    ...(contentType === undefined ? {} : { contentType }),
    bytes: head.bytes,
    ...(fits === undefined ? {} : { fits }),
    duplicates: head.duplicates,
  };
}

export type EventContent = Pick<SubscriptionEvent, "target" | "headers" | "body" | "bodyBase64">;

/** What came, byte for byte: the body is text where it is UTF-8, with a byte order mark that it has, and else base64. */
export function eventContent({ target, headers, body }: Pick<StoredEvent, "target" | "headers" | "body">): EventContent {
  const pairs: { name: string; value: string }[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) pairs.push({ name: headers[at] ?? "", value: headers[at + 1] ?? "" });
  return {
    ...(target === undefined ? {} : { target }),
    headers: pairs,
    ...(isUtf8(body) ? { body: body.toString("utf8") } : { bodyBase64: body.toString("base64") }),
  };
}
