import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import type { Change, Database } from "../store/database.ts";
import { type About, createLoads } from "../traffic/loads.ts";

/** Snapshots of environments, kept in memory so that a warm call asks no database. */
export interface Snapshots {
  /** The environment by its id or name: at once when it is in memory. Undefined when the organisation has no such environment. */
  get(org: OrganisationId, connectionId: ConnectionId, environment: string): EnvironmentSnapshot | Promise<EnvironmentSnapshot | undefined>;
  /** Forgets what a committed change may have touched: no call that begins after this sees the state before. */
  invalidate(change: Change): void;
  /** How many are kept. */
  size(): number;
}

export interface SnapshotDeps {
  readonly load: (org: OrganisationId, connectionId: ConnectionId, environment: string) => Promise<EnvironmentSnapshot | undefined>;
  /** False while changes cannot be heard: nothing kept may be trusted then, and every call loads. */
  readonly isLive: () => boolean;
  readonly entriesMax?: number;
  /** How many are loaded at a time, in turns of organisations; 8 when left out. */
  readonly loadsMax?: number;
}

/** Snapshots as `load` reads them from this database. */
export function snapshotsOf({ changes }: Pick<Database, "changes">, load: SnapshotDeps["load"]): Snapshots {
  const snapshots = createSnapshots({ load, isLive: changes.isLive });
  changes.subscribe(snapshots.invalidate);
  return snapshots;
}

/** Keeps `entriesMax` snapshots (10,000 when not said); those not used since they were last looked at go first. */
export function createSnapshots({ load, isLive, entriesMax = 10_000, loadsMax = 8 }: SnapshotDeps): Snapshots {
  const loads = createLoads<EnvironmentSnapshot>({ isLive, loadsMax, weightMax: entriesMax });
  return { get, invalidate, size: loads.size };

  function get(org: OrganisationId, connectionId: ConnectionId, environment: string) {
    const key = `${org}/${connectionId}/${environment}`;
    return loads.find(key) ?? loads.load(key, { org, connectionId }, () => load(org, connectionId, environment));
  }

  function invalidate(change: Change): void {
    loads.forget({ value: (snapshot) => touchesSnapshot(change, snapshot), load: (about) => touchesLoad(change, about) });
  }
}

function touchesSnapshot(change: Change, { org, connectionId, credentials }: EnvironmentSnapshot): boolean {
  if (change.kind === "everything") return true;
  if (change.org !== org) return false;
  if (change.kind === "connection") return change.id === connectionId;
  return change.kind === "credential" && credentials.some(({ credentialId }) => credentialId === change.id);
}

/** Which credentials a load will find is not known yet, so a change of any counts. */
function touchesLoad(change: Change, { org, connectionId }: About): boolean {
  if (change.kind === "everything") return true;
  if (change.org !== org) return false;
  return change.kind === "credential" || (change.kind === "connection" && change.id === connectionId);
}
