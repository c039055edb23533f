import type { Actor } from "../../harness/actors.ts";
import type { Client } from "../../harness/client.ts";
import { sha256Of } from "./sender.ts";
import type { Way } from "./way.ts";

/** A program that reads events in their order, and acknowledges them once it has dealt with them. */
export interface Reader {
  /** The events that were read: what the body of each was, by its id. */
  readonly read: ReadonlyMap<string, string>;
  /** Events that were read again with another body, and those that came before one that had been acknowledged. */
  readonly faults: readonly string[];
  /** Reads until no answer comes, or, where it is told so, until there are no more. */
  work(client: Client, until?: "none are left"): Promise<void>;
}

export function createReader({ actor, way }: { actor: Actor; way: Way }): Reader {
  const params = { connection_id: way.connectionId, subscription_id: way.reading ?? "" };
  const read = new Map<string, string>();
  const acknowledged = new Set<string>();
  const faults: string[] = [];
  return { read, faults, work };

  async function work(client: Client, until?: "none are left"): Promise<void> {
    try {
      for (;;) {
        const query = { first: 100, waitMs: until ? 0 : 1_000 };
        const { body, status } = await client.send(actor, "ReadSubscriptionEvents", { params, query });
        if (status === 503 || (until && body.events.length === 0)) return;
        for (const event of body.events) note(event.id, sha256Of(event.body ?? ""));
        if (body.events.length === 0) continue;
        const told = await client.send(actor, "AcknowledgeSubscriptionEvents", { params, body: { through: body.cursor } });
        if (told.status === 503) return;
        for (const { id } of body.events) acknowledged.add(id);
      }
    } catch (error) {
      if (!(error instanceof TypeError && /fetch failed|terminated/.test(error.message))) throw error;
    }
  }

  function note(id: string, sha256: string): void {
    if ((read.get(id) ?? sha256) !== sha256) faults.push(`${id} was read with two bodies`);
    if (acknowledged.has(id)) faults.push(`${id} was read after it had been acknowledged`);
    read.set(id, sha256);
  }
}
