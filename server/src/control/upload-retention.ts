import type { Clock } from "../kernel/clock.ts";
import { startOfIds } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Database } from "../store/database.ts";
import { deleteUploadsBefore, organisationsWithUploadsBefore } from "../store/uploads.ts";
import { uploadMinutesMax } from "./uploads.ts";

/** Deletes uploaded files that nobody imported in time, now and then, whoever's they are. Every node does. */
export function createUploadRetention({ db, clock, log }: { db: Database; clock: Clock; log: Log }) {
  let running = Promise.resolve();
  let isClosed = false;
  const timer = setInterval(() => void sweep(), everyMs).unref();
  return { sweep, close };

  /** Deletes what is past its time now; one after the other. Resolves also when that failed: the next one tries again. */
  function sweep(): Promise<void> {
    running = running.then(clear).catch((error: unknown) => log.warn("old uploads were not deleted", { error }));
    return running;
  }

  async function clear(): Promise<void> {
    const before = startOfIds(new Date(clock.now().getTime() - uploadMinutesMax * 60_000));
    const orgs = await db.read({ uploadsBefore: before }, (tx) => organisationsWithUploadsBefore(tx, before, organisationsMax));
    for (const org of orgs) {
      if (isClosed) return;
      await db.write(org, (tx) => deleteUploadsBefore(tx, org, before));
    }
  }

  async function close(): Promise<void> {
    isClosed = true;
    clearInterval(timer);
    await running;
  }
}

const everyMs = 300_000;
/** In one sweep. */
const organisationsMax = 100;
