import type { Connection } from "@mooring/contract";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import { getConnection } from "./connections.ts";
import type { Change, Database } from "./database.ts";

/** Reads connections, and keeps those it read in memory until they change. */
export interface ConnectionReads {
  /**
   * The connection with everything under it, as it was committed when this was called or later, on whichever node. Undefined when the
   * organisation has none with this id. Frozen in all its depth, because the same one is given to whoever asks next.
   */
  get(org: OrganisationId, id: ConnectionId): Promise<Connection | undefined>;
}

/**
 * Keeps at most `charactersMax` characters of JSON (8 million when not said), the least used going first. Right because whoever
 * changes what a connection shows announces that connection (proved for every operation by a test), and because a read first waits
 * for announcements that are under way.
 */
export function createConnectionReads(db: Database, { charactersMax = 8_000_000 }: { charactersMax?: number } = {}): ConnectionReads {
  const entries = new Map<string, Entry>();
  const loads = new Map<string, Promise<Connection | undefined>>();
  let characters = 0;
  db.changes.subscribe(drop);
  return { get };

  async function get(org: OrganisationId, id: ConnectionId): Promise<Connection | undefined> {
    await db.changes.caughtUp();
    const key = `${org}/${id}`;
    if (!db.changes.isLive()) return load(org, id);
    const entry = entries.get(key);
    if (!entry) return loads.get(key) ?? loadOnce(key, org, id);
    // Moved to the end, so that what goes first is what was not used for longest.
    entries.delete(key);
    entries.set(key, entry);
    return entry.connection;
  }

  /** One load for however many ask at the same time. */
  function loadOnce(key: string, org: OrganisationId, id: ConnectionId): Promise<Connection | undefined> {
    const running = load(org, id)
      .then((connection) => {
        // A change that was announced meanwhile took this load off the list: what it read may be older.
        if (connection && loads.get(key) === running && db.changes.isLive()) keep(key, connection);
        return connection;
      })
      .finally(() => {
        if (loads.get(key) === running) loads.delete(key);
      });
    loads.set(key, running);
    return running;
  }

  function load(org: OrganisationId, id: ConnectionId): Promise<Connection | undefined> {
    return db.read(org, (tx) => getConnection(tx, org, id));
  }

  function keep(key: string, connection: Connection): void {
    const size = JSON.stringify(connection).length;
    entries.set(key, { connection: frozen(connection), size });
    characters += size;
    for (const oldest of entries.keys()) {
      if (characters <= charactersMax) return;
      forget(oldest);
    }
  }

  function forget(key: string): void {
    characters -= entries.get(key)?.size ?? 0;
    entries.delete(key);
  }

  function drop(change: Change): void {
    if (change.kind === "everything") {
      entries.clear();
      loads.clear();
      characters = 0;
    } else if (change.kind === "connection") {
      const key = `${change.org}/${change.id}`;
      forget(key);
      loads.delete(key);
    }
  }
}

interface Entry {
  readonly connection: Connection;
  readonly size: number;
}

function frozen<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
