import { createEventSigner } from "../credentials/event-signer.ts";
import type { Seals } from "../credentials/seals.ts";
import { createTriggerTargetLoader } from "../credentials/trigger-targets.ts";
import type { Clock } from "../kernel/clock.ts";
import type { NewId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Net } from "../net/net.ts";
import type { Checks } from "../sandbox/held-against.ts";
import type { Database } from "../store/database.ts";
import { type Arrivals, createArrivals } from "../traffic/arrivals.ts";
import { type DelivererStats, startDeliverer } from "./deliver/deliverer.ts";
import { createVerifyAgain, type VerifyAgain } from "./ingest/again.ts";
import { createBatches } from "./ingest/batch.ts";
import { createBodies } from "./ingest/body.ts";
import { createIngestDoor, type IngestDoor } from "./ingest/door.ts";
import { createTargets } from "./ingest/targets.ts";
import { createUnverified } from "./ingest/unverified.ts";
import { createEventRetention } from "./retention.ts";

/** Events: taken in, kept, and given to who asked for them. */
export interface Webhooks extends Pick<IngestDoor, "handle" | "distrusts"> {
  /** Says within this process that events were kept. */
  readonly arrivals: Arrivals;
  readonly verifyAgain: VerifyAgain;
  stats(): WebhookStats;
  /** Resolves when what was taken in is kept. To be asked once no request comes any more. */
  close(): Promise<void>;
}

export interface WebhookStats {
  /** Requests to triggers since the start, by how they ended. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Events that wait to be committed. */
  readonly waiting: number;
  /** Transactions that kept events. */
  readonly batches: number;
  readonly delivery: DelivererStats;
}

export interface WebhooksDeps {
  readonly net: Pick<Net, "dispatch">;
  readonly db: Database;
  readonly seals: Seals;
  readonly sandbox: Checks;
  readonly publicUrl: URL;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly config: { readonly eventBytesMax: number; readonly eventsUnverifiedMax: number; readonly eventsKeepHours: number };
}

export function startWebhooks(deps: WebhooksDeps): Webhooks {
  const { config, publicUrl, newId } = deps;
  const arrivals = createArrivals();
  const batches = createBatches({ ...deps, arrivals });
  const loadTarget = createTriggerTargetLoader(deps);
  const signer = createEventSigner(deps);
  const deliverer = startDeliverer({ ...deps, signer, arrivals, owner: newId() });
  const retention = createEventRetention({ ...deps, keepHours: config.eventsKeepHours });
  const door = createIngestDoor({
    ...deps,
    batches,
    targets: createTargets({ ...deps, loadTarget }),
    bodies: createBodies({ bytesMax: config.eventBytesMax }),
    unverified: createUnverified({ ...deps, eventsMax: config.eventsUnverifiedMax }),
    publicOrigin: publicUrl.origin,
    placesMax: 4_096,
    lingerMs: 2_000,
  });
  const { handle, distrusts, outcomes } = door;
  return {
    handle,
    distrusts,
    arrivals,
    verifyAgain: createVerifyAgain({ ...deps, loadTarget }),
    stats: () => ({ outcomes: outcomes(), ...batches.stats(), delivery: deliverer.stats() }),
    async close() {
      await batches.close();
      await Promise.all([deliverer.close(), retention.close()]);
    },
  };
}
