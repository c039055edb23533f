import { setTimeout as pause } from "node:timers/promises";
import type { SubscriptionEvent, SubscriptionEvents } from "@mooring/contract";
import { Away, type Mooring } from "./mooring.ts";
import type { Paper } from "./paper.ts";
import type { Listening } from "./subscription.ts";

/**
 * The events of a subscription in order, each once, until `signal` is aborted. While Mooring is away it is asked again and again, and
 * the reading goes on behind the last event that was given.
 */
export async function* readEvents(
  mooring: Mooring,
  { path, cursor: start }: Pick<Listening, "path" | "cursor">,
  paper: Paper,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionEvent> {
  let cursor = start;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const query = { after: cursor, first: 100, waitMs };
      const { events, cursor: end } = await mooring.send<SubscriptionEvents>("GET", `${path}/events`, {
        query,
        signal,
        timeoutMs: waitMs * 2,
      });
      if (failures > 0) paper.note("Mooring is back.");
      failures = 0;
      for (const event of events) {
        if (signal.aborted) return;
        yield event;
      }
      cursor = end;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Away)) throw error;
      if (failures === 0) paper.note(`${error.message} Trying again until it does.`);
      failures += 1;
      await pause(Math.min(againMs * failures, againMsMax), undefined, { signal }).catch(() => undefined);
    }
  }
}

const waitMs = 20_000;
const againMs = 250;
const againMsMax = 3_000;
