import { sql } from "kysely";
import type { Tx } from "./database.ts";

/** A POST that carried an Idempotency-Key, and the answer it got. The answer is sealed: it may hold what is shown once. */
export interface KeptAnswer {
  readonly requestHash: string;
  readonly sealed: string | null;
}

/**
 * Claims `key` for the caller's transaction. True when it was free; false when it is taken, then read it. On PostgreSQL a second
 * claim waits here until the first transaction ends, within the lock deadline.
 */
export async function claimKey(
  tx: Tx,
  org: string,
  claim: { actorId: string; key: string; requestHash: string; now: Date },
): Promise<boolean> {
  const changed = await tx.run(sql`
    insert into idempotency (org_id, actor_id, key, request_hash, created_at)
    values (${org}, ${claim.actorId}, ${claim.key}, ${claim.requestHash}, ${claim.now.toISOString()})
    on conflict (org_id, actor_id, key) do nothing
  `);
  return changed > 0;
}

/** What came with `key`, unless that was before `since`. */
export async function readKey(
  tx: Tx,
  org: string,
  { actorId, key, since }: { actorId: string; key: string; since: Date },
): Promise<KeptAnswer | undefined> {
  return tx.first(sql<KeptAnswer>`
    select request_hash as "requestHash", sealed
    from idempotency
    where org_id = ${org} and actor_id = ${actorId} and key = ${key} and created_at >= ${since.toISOString()}
  `);
}

export async function keepAnswer(tx: Tx, org: string, kept: { actorId: string; key: string; sealed: string }): Promise<void> {
  await tx.run(sql`
    update idempotency
    set sealed = ${kept.sealed}
    where org_id = ${org} and actor_id = ${kept.actorId} and key = ${kept.key}
  `);
}

/** Forgets the organisation's keys from before `before`. */
export async function forgetKeys(tx: Tx, org: string, before: Date): Promise<void> {
  await tx.run(sql`delete from idempotency where org_id = ${org} and created_at < ${before.toISOString()}`);
}
