import type { Actor } from "../domain/actor.ts";
import type { ApiKeyId, OrganisationId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { touchApiKey } from "../store/api-keys.ts";
import type { Database } from "../store/database.ts";

/**
 * Writes down when keys were last used, to the minute, every few seconds and not per call. What a crash loses is the last seconds
 * of a time that nothing depends on.
 */
export function createUsage({ db, log }: { db: Database; log: Log }) {
  const minutes = new Map<string, number>();
  let waiting = new Map<ApiKeyId, { org: OrganisationId; usedAt: Date }>();
  let timer: NodeJS.Timeout | undefined;
  let writing = Promise.resolve();
  return { note, close };

  function note({ id, org }: Actor, now: Date): void {
    const minute = Math.floor(now.getTime() / 60_000);
    if (minutes.get(id) === minute) return;
    if (minutes.size >= minutesMax) minutes.clear();
    minutes.set(id, minute);
    waiting.set(id as ApiKeyId, { org, usedAt: new Date(minute * 60_000) });
    timer ??= setTimeout(() => void write(), writeEveryMs).unref();
  }

  /** One after the other, so that closing can wait for the one that is under way. */
  function write(): Promise<void> {
    timer = undefined;
    writing = writing.then(writeWaiting);
    return writing;
  }

  async function writeWaiting(): Promise<void> {
    const written = waiting;
    waiting = new Map();
    for (const [id, { org, usedAt }] of written) {
      try {
        await db.write(org, (tx) => touchApiKey(tx, org, id, usedAt));
      } catch (error) {
        log.warn("the last use of API keys was not written down", { organisation: org, error });
        return;
      }
    }
  }

  async function close(): Promise<void> {
    clearTimeout(timer);
    await write();
  }
}

const writeEveryMs = 5_000;
const minutesMax = 10_000;
