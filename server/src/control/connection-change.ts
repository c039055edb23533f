import { Problem } from "../kernel/errors.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import { lockConnection, touchConnection } from "../store/connections.ts";
import type { Tx } from "../store/database.ts";
import { type Call, type ControlDeps, change, type Recorder } from "./change.ts";
import { requireWholeConnection } from "./rights.ts";

/**
 * Changes what all environments of a connection share: versions, what they hold, subscriptions. Such changes wait for each other, so
 * that the one that comes second sees what the first one did. Work that audits nothing has changed nothing: no `updatedAt` moves, and
 * nobody is told. Throws `Problem` not_found where there is no such connection, and forbidden for a key that is limited within it.
 */
export async function changeOfConnection<Answer>(
  deps: ControlDeps,
  call: Call,
  connectionId: ConnectionId,
  work: (tx: Tx, recorder: Recorder, now: Date) => Promise<Answer>,
): Promise<Answer> {
  const { actor } = call;
  requireWholeConnection(actor, connectionId);
  return change(deps, call, async (tx, recorder) => {
    const now = deps.clock.now();
    if (!(await lockConnection(tx, actor.org, connectionId))) throw new Problem("not_found");
    const watched = watch(recorder);
    const answer = await work(tx, watched.recorder, now);
    if (watched.isChanged()) {
      await touchConnection(tx, actor.org, connectionId, now);
      recorder.announce({ kind: "connection", org: actor.org, id: connectionId });
    }
    return answer;
  });
}

/** The same recorder, which remembers whether anything was changed: whatever changes something audits it. */
export function watch(recorder: Recorder): { readonly recorder: Recorder; isChanged(): boolean } {
  let isChanged = false;
  const audit: Recorder["audit"] = (entry) => {
    isChanged = true;
    recorder.audit(entry);
  };
  return { recorder: { ...recorder, audit }, isChanged: () => isChanged };
}
