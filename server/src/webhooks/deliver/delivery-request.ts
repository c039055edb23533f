import type { SignatureHeaders } from "../../credentials/event-signer.ts";
import { isNeverForwarded } from "../../domain/caller-headers.ts";
import { mask } from "../../domain/mask.ts";
import { headerKey } from "../../domain/places.ts";
import type { OrganisationId } from "../../kernel/ids.ts";
import type { NetRequest } from "../../net/net.ts";
import type { ClaimedDelivery } from "../../store/delivery-claims.ts";

/** The request that delivers an event: its body as it came, the sender's own headers, what Mooring says of it, and the proof that Mooring sends it. */
export function deliveryRequest(
  { eventId: _, attempts, event }: ClaimedDelivery,
  { org, url, signature, timeoutMs }: { org: OrganisationId; url: string; signature: SignatureHeaders; timeoutMs: number },
): NetRequest {
  const { origin, pathname, search } = new URL(url);
  const { connectionId, environmentId, triggerName, sequence, receivedAt, target, type, contentType, body } = event;
  const said: readonly (readonly [string, string | undefined])[] = [
    ...Object.entries(signature),
    ["content-type", contentType],
    ["mooring-event-type", type],
    ["mooring-connection", connectionId],
    ["mooring-environment", environmentId],
    ["mooring-trigger", triggerName],
    ["mooring-sequence", sequence === undefined ? undefined : String(sequence)],
    ["mooring-received-at", receivedAt],
    ["mooring-attempt", String(attempts + 1)],
    ["mooring-target", target === undefined || target.length > senderLengthMax / 2 ? undefined : target],
  ];
  const own = said.flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  return { org, origin, path: pathname + search, method: "POST", headers: [...own, ...passedOn(event.headers)], body, timeoutMs };
}

/**
 * Those of a sender's headers that concern whoever gets the event: none of the sender's connection, none that held a secret, none that only
 * Mooring may write, and none that would make them longer than servers take.
 */
function passedOn(headers: readonly string[]): string[] {
  const named = new Set<string>();
  for (let at = 0; at + 1 < headers.length; at += 2) {
    if (headerKey(headers[at] ?? "") !== "connection") continue;
    for (const token of (headers[at + 1] ?? "").split(",")) named.add(headerKey(token.trim()));
  }
  const passed: string[] = [];
  let length = 0;
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [name = "", value = ""] = [headers[at], headers[at + 1]];
    const key = headerKey(name);
    if (named.has(key) || isKept(key) || value.includes(mask)) continue;
    if (length + name.length + value.length > senderLengthMax) continue;
    length += name.length + value.length;
    passed.push(name, value);
  }
  return passed;
}

// Many servers refuse requests whose headers have more than 16 KiB, and an event that came with more would arrive nowhere.
const senderLengthMax = 8 * 1024;

const isKept = (key: string) => isNeverForwarded(key) || key === "content-type" || key === "accept-encoding" || key.startsWith("webhook-");
