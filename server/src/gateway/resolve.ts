import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import type { Change } from "../store/database.ts";
import { createTurns } from "./turns.ts";

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

/** Keeps `entriesMax` snapshots (10,000 when not said); those not used since they were last looked at go first. */
export function createSnapshots({ load: loadNow, isLive, entriesMax = 10_000, loadsMax = 8 }: SnapshotDeps): Snapshots {
  const inTurn = createTurns({ placesMax: loadsMax });
  const load: typeof loadNow = (org, ...what) => inTurn(org, () => loadNow(org, ...what));
  const entries = new Map<string, Entry>();
  const loads = new Map<string, Load>();
  return { get, invalidate, size: () => entries.size };

  function get(org: OrganisationId, connectionId: ConnectionId, environment: string) {
    if (!isLive()) {
      entries.clear();
      return load(org, connectionId, environment);
    }
    const key = `${org}/${connectionId}/${environment}`;
    const entry = entries.get(key);
    if (entry === undefined) return loads.get(key)?.result ?? loadOnce(key, org, connectionId, environment);
    entry.isUsed = true;
    return entry.snapshot;
  }

  /** One load for however many calls ask at the same time. */
  function loadOnce(key: string, org: OrganisationId, connectionId: ConnectionId, environment: string) {
    const started: Load = { org, connectionId, result: run() };
    loads.set(key, started);
    return started.result;

    async function run(): Promise<EnvironmentSnapshot | undefined> {
      try {
        const snapshot = await load(org, connectionId, environment);
        // A change that came meanwhile has taken this load off the list: what it read may be older than the change.
        if (snapshot !== undefined && loads.get(key) === started && isLive()) keep(key, snapshot);
        return snapshot;
      } finally {
        if (loads.get(key) === started) loads.delete(key);
      }
    }
  }

  function keep(key: string, snapshot: EnvironmentSnapshot): void {
    for (const [oldest, entry] of entries) {
      if (entries.size < entriesMax) break;
      entries.delete(oldest);
      if (!entry.isUsed) continue;
      // Used since it was last looked at: it goes to the end of the line.
      entry.isUsed = false;
      entries.set(oldest, entry);
    }
    entries.set(key, { snapshot, isUsed: false });
  }

  function invalidate(change: Change): void {
    for (const [key, { snapshot }] of entries) if (touchesSnapshot(change, snapshot)) entries.delete(key);
    for (const [key, load] of loads) if (touchesLoad(change, load)) loads.delete(key);
  }
}

interface Entry {
  readonly snapshot: EnvironmentSnapshot;
  isUsed: boolean;
}

interface Load {
  readonly org: OrganisationId;
  readonly connectionId: ConnectionId;
  readonly result: Promise<EnvironmentSnapshot | undefined>;
}

function touchesSnapshot(change: Change, { org, connectionId, credentials }: EnvironmentSnapshot): boolean {
  if (change.kind === "everything") return true;
  if (change.org !== org) return false;
  if (change.kind === "connection") return change.id === connectionId;
  return change.kind === "credential" && credentials.some(({ credentialId }) => credentialId === change.id);
}

/** Which credentials a load will find is not known yet, so a change of any counts. */
function touchesLoad(change: Change, { org, connectionId }: Load): boolean {
  if (change.kind === "everything") return true;
  if (change.org !== org) return false;
  return change.kind === "credential" || (change.kind === "connection" && change.id === connectionId);
}
