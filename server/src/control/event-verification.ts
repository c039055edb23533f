import type { Event } from "@mooring/contract";
import type { NewEvent, StoredEvent } from "../domain/event.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, EventId, OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import { lockEvent, promoteEvent, updateVerification } from "../store/event-promotion.ts";
import { readEvent } from "../store/event-reads.ts";
import type { Arrivals } from "../traffic/arrivals.ts";
import { type Call, type ControlDeps, change, type Recorder, requireMatch } from "./change.ts";
import { requireEnvironment, shown } from "./events.ts";
import { requireConnection } from "./rights.ts";

export interface EventVerificationDeps extends ControlDeps {
  /** What comes of looking at an unverified event with the credentials as they are now; undefined when what that needs is gone. */
  readonly verifyAgain: (org: OrganisationId, event: StoredEvent) => Promise<VerifiedAgain | undefined>;
  readonly arrivals: Pick<Arrivals, "announce">;
}

type VerifiedAgain = Omit<NewEvent, keyof Came> & { readonly verification: NonNullable<NewEvent["verification"]> };
type Came = Pick<NewEvent, "id" | "connectionId" | "origin" | "type" | "environmentId" | "triggerName"> &
  Pick<NewEvent, "receivedAt" | "method" | "contentType" | "body" | "sealed">;

/**
 * Looks at an unverified event once more. One that passes is kept as a fresh one from here on, and delivered; of one that does not, the
 * outcome is kept. Changes nothing about any other event. However many ask at once, it is delivered once. Throws `Problem`
 * event_unverifiable when its trigger or environment is gone, or another event is the same delivery, and not_found and forbidden as a read does.
 */
export async function verify(deps: EventVerificationDeps, call: Call, connectionId: ConnectionId, id: EventId): Promise<Event> {
  const { actor } = call;
  requireConnection(actor, connectionId);
  const event = await deps.db.read(actor.org, async (tx) => {
    await call.once?.check(tx);
    return readEvent(tx, actor.org, connectionId, id);
  });
  if (!event) throw new Problem("not_found");
  requireEnvironment(actor, event.environmentId);
  const again = event.origin === "unverified" ? await deps.verifyAgain(actor.org, event) : undefined;
  let isPromoted = false;
  const answer = await change(deps, call, async (tx, recorder) => {
    const current = await lockEvent(tx, actor.org, connectionId, id);
    if (!current) throw new Problem("not_found");
    requireMatch(call, call.ifMatch === undefined ? undefined : await shown(tx, actor, connectionId, id));
    isPromoted = current.origin === "unverified" && (await settle(tx, recorder, actor.org, current, again));
    return shown(tx, actor, connectionId, id);
  });
  if (isPromoted) deps.arrivals.announce({ org: actor.org, connectionId });
  return answer;
}

/** Whether the event is one to be delivered now. */
async function settle(
  tx: Tx,
  recorder: Recorder,
  org: OrganisationId,
  event: StoredEvent,
  again: VerifiedAgain | undefined,
): Promise<boolean> {
  if (!again) throw new Problem("event_unverifiable");
  const { passed } = again.verification;
  recorder.audit({
    operation: "event.verified",
    subject: { type: "event", id: event.id },
    changes: [{ field: "verification.passed", before: false, after: passed }],
  });
  if (!passed) {
    await updateVerification(tx, org, event.id, again.verification);
    return false;
  }
  const kept = await promoteEvent(tx, org, { ...event, ...again, origin: "verified", sealed: undefined });
  if (kept.isDuplicate) {
    throw new Problem("event_unverifiable", { message: `The same delivery was kept as event ${kept.id}; this one stays as it is.` });
  }
  return again.isRefused !== true;
}
