import type { VersionDiff } from "@mooring/contract";
import { versionDiff } from "../domain/version-diff.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, OrganisationId, VersionId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import { getContentVersion, versionName } from "../store/versions.ts";
import type { Call, ControlDeps } from "./change.ts";
import { requireConnection } from "./rights.ts";
import { contentOf, inTurnOfVersions, inTurns } from "./version-content.ts";

/** What going from the version `from` to the version `to` of a connection changes. Throws `Problem` not_found. */
export async function diff(
  { db }: ControlDeps,
  { actor }: Call,
  connectionId: ConnectionId,
  { from, to }: { from: string; to: string },
): Promise<VersionDiff> {
  requireConnection(actor, connectionId);
  return inTurnOfVersions(actor.org, () =>
    db.read(actor.org, async (tx) => {
      const [old, now] = [
        await getContentVersion(tx, actor.org, connectionId, from),
        await getContentVersion(tx, actor.org, connectionId, to),
      ];
      if (!old || !now) throw new Problem("not_found");
      return diffVersions(tx, actor.org, old.id, now.id);
    }),
  );
}

/** The same for two versions by id, within a transaction. Throws `Problem` not_found. */
export async function diffVersions(tx: Tx, org: OrganisationId, fromId: VersionId, toId: VersionId): Promise<VersionDiff> {
  const [from, to] = [await versionName(tx, org, fromId), await versionName(tx, org, toId)];
  if (from === undefined || to === undefined) throw new Problem("not_found");
  const before = await contentOf(tx, org, fromId);
  const after = fromId === toId ? before : await contentOf(tx, org, toId);
  return inTurns(versionDiff({ name: from, content: before }, { name: to, content: after }));
}
