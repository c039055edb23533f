import type { Actor } from "../domain/actor.ts";
import { etagOf } from "../domain/etag.ts";
import type { OwnEventDraft } from "../domain/own-event.ts";
import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { NewId } from "../kernel/ids.ts";
import { type AuditDraft, appendAudit } from "../store/audit.ts";
import type { Change, Database, Tx } from "../store/database.ts";
import { appendOwnEvents } from "../store/own-events.ts";

/** What every change needs. */
export interface ControlDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly newId: NewId;
}

/** One request, after authentication: who asks, under which id the log knows it, and on which state the caller built. */
export interface Call {
  readonly actor: Actor;
  readonly requestId: string;
  /** The `If-Match` header as sent. */
  readonly ifMatch?: string;
  /** Runs in the transaction before and after the work, so that a repeated POST finds the first one's answer (B-3). */
  readonly once?: {
    /** The same for whoever has much to do before the transaction: ends there when the first one is done. */
    check(tx: Tx): Promise<void>;
    begin(tx: Tx): Promise<void>;
    end(tx: Tx, answer: unknown): Promise<void>;
  };
}

/** What the work of a change reports beside its answer. */
export interface Recorder {
  /** One audit row, in the same transaction. `changes` never holds a secret. */
  audit(entry: AuditDraft): void;
  announce(change: Change): void;
  /** One of Mooring's own events, in the same transaction, for the subscriptions that ask for it; none where no subscription does. */
  event(draft: OwnEventDraft): void;
}

/**
 * Runs `work` as one transaction of the actor's organisation: the rows, their audit entries, Mooring's own events of it (D-1) and the
 * answer kept for a repeated request are committed together or not at all. Throws what `work` throws.
 */
export async function change<Answer>(
  { db, clock, newId }: ControlDeps,
  call: Call,
  work: (tx: Tx, recorder: Recorder) => Promise<Answer>,
): Promise<Answer> {
  const { actor, requestId, once } = call;
  return db.write(actor.org, async (tx) => {
    await once?.begin(tx);
    const drafts: AuditDraft[] = [];
    const events: OwnEventDraft[] = [];
    const recorder: Recorder = {
      audit: (entry) => void drafts.push(entry),
      announce: (change) => tx.announce(change),
      event: (draft) => void events.push(draft),
    };
    const answer = await work(tx, recorder);
    await appendAudit(tx, actor.org, { actor, requestId, at: clock.now(), newId }, drafts);
    await once?.end(tx, answer);
    // Last, because whatever else comes in for the connection waits from here on until this has committed.
    await appendOwnEvents(tx, actor.org, { at: clock.now(), newId }, events);
    return answer;
  });
}

/** Throws `Problem` precondition_failed when the caller sent `If-Match` and `current` is no longer what it names (RFC 9110 13.1.1, B-2). */
export function requireMatch(call: Call, current: unknown): void {
  if (call.ifMatch === undefined || call.ifMatch.trim() === "*") return;
  const sent = call.ifMatch.split(",").map((tag) => tag.trim());
  if (!sent.includes(etagOf(current))) throw new Problem("precondition_failed");
}
