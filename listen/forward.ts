import { createHmac } from "node:crypto";
import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import type { SubscriptionEvent } from "@mooring/contract";
import { signingBytes } from "../server/src/domain/signing-key.ts";
import type { ConnectionId, EventId, OrganisationId } from "../server/src/kernel/ids.ts";
import { deliveryRequest } from "../server/src/webhooks/deliver/delivery-request.ts";
import { whyOf } from "./mooring.ts";
import type { Paper } from "./paper.ts";

/** Where events go, and how they are signed. */
export interface Target {
  readonly to: URL;
  /** Undefined: they are not. */
  readonly key: string | undefined;
  readonly connectionId: string;
}

/** `taken` is an answer from 200 to 299; `lost` is a target that could not be reached, however often it was tried. */
export type Forwarded = "taken" | "refused" | "lost";

/**
 * Sends an event as a destination would get it: the body as it came, byte for byte, with the same headers. A target that is not there is
 * tried a few times. Gives what came of it, which is printed too.
 */
export async function forward(event: SubscriptionEvent, target: Target, paper: Paper, signal: AbortSignal): Promise<Forwarded> {
  for (let attempt = 0; ; attempt++) {
    const startedMs = performance.now();
    try {
      const status = await send(event, target, attempt, signal);
      paper.answered(status, performance.now() - startedMs);
      return status >= 200 && status < 300 ? "taken" : "refused";
    } catch (error) {
      if (signal.aborted) return "lost";
      const waitMs = waitsMs[attempt];
      paper.failed(
        `${target.to.host} does not answer (${whyOf(error)}); ${waitMs === undefined ? "given up" : `again in ${waitMs / 1000} s`}`,
      );
      if (waitMs === undefined) return "lost";
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

const waitsMs = [500, 1_000, 2_000];
const timeoutMs = 30_000;

/** Gives the status of the answer. */
function send(event: SubscriptionEvent, { to, key, connectionId }: Target, attempts: number, signal: AbortSignal): Promise<number> {
  const { headers, body } = requestOf(event, { to, key, connectionId, attempts });
  const signals = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const request = to.protocol === "https:" ? requestSecure : requestPlain;
  return new Promise((resolve, reject) => {
    const sent = request(to, {
      method: "POST",
      headers: [...headers, "host", to.host, "content-length", String(body.length)],
      signal: signals,
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      response.resume();
      response.on("error", reject);
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.end(body);
  });
}

/** The headers and the body that the deliverer of Mooring sends. */
function requestOf(event: SubscriptionEvent, { to, key, connectionId, attempts }: Target & { readonly attempts: number }) {
  const body = event.bodyBase64 === undefined ? Buffer.from(event.body ?? "") : Buffer.from(event.bodyBase64, "base64");
  const timestamp = String(Math.floor(Date.now() / 1000));
  const { headers } = deliveryRequest(
    {
      eventId: event.id as EventId,
      attempts,
      event: {
        connectionId: connectionId as ConnectionId,
        origin: event.origin,
        type: event.type,
        environmentId: event.environment,
        triggerName: event.trigger,
        sequence: event.sequence,
        receivedAt: event.receivedAt,
        target: event.target,
        headers: event.headers.flatMap(({ name, value }) => [name, value]),
        contentType: event.contentType,
        body,
      },
    },
    {
      org: "" as OrganisationId,
      url: to.href,
      signature: {
        "webhook-id": event.id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signatureOf(event.id, timestamp, body, key),
      },
      timeoutMs,
    },
  );
  const isSigned = key !== undefined;
  return { headers: isSigned ? headers : without(headers, "webhook-signature"), body };
}

/** As Standard Webhooks has it; empty without a key. */
function signatureOf(id: string, timestamp: string, body: Buffer, key: string | undefined): string {
  if (key === undefined) return "";
  return `v1,${createHmac("sha256", signingBytes(key)).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
}

function without(headers: readonly string[], name: string): string[] {
  const at = headers.indexOf(name);
  return at === -1 ? [...headers] : headers.toSpliced(at, 2);
}
