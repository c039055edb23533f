import type { ApiKey } from "@mooring/contract";
import type { Actor } from "../domain/actor.ts";
import { createKept } from "../domain/kept.ts";
import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { ApiKeyId, OrganisationId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { findApiKey } from "../store/api-keys.ts";
import type { Change, Database } from "../store/database.ts";
import { connectionsOf } from "../store/environments.ts";
import { createUsage } from "./key-usage.ts";

/** Tells API keys. One it has met is told from memory: no query, no waiting. */
export interface Keyring {
  /** Who calls with the key of this hash; undefined when there is none or it is over. A promise only where the database must be asked. */
  actorOf(keyHash: string): Actor | undefined | Promise<Actor | undefined>;
  /** Writes down what was used last and forgets everything. */
  close(): Promise<void>;
}

/**
 * What is kept in memory is dropped as soon as any node announces a change of it, and is not used while announcements cannot be
 * heard, so a revoked key is refused everywhere within the change feed's second. Both what is kept and how many keys are asked for
 * at once are bounded: a flood of wrong keys costs neither memory nor the database.
 */
export function createKeyring({ db, clock, log }: { db: Database; clock: Clock; log: Log }): Keyring {
  const known = createKept<Known>({ weightMax: keptMax });
  const unknown = new Map<string, number>();
  const asking = new Map<string, Promise<Known | undefined>>();
  const usage = createUsage({ db, log });
  let drops = 0;
  const stop = db.changes.subscribe(drop);

  function actorOf(keyHash: string): Actor | undefined | Promise<Actor | undefined> {
    const now = clock.now();
    if (db.changes.isLive()) {
      const entry = known.get(keyHash);
      if (entry) return admit(entry, now);
      if ((unknown.get(keyHash) ?? 0) > now.getTime()) return undefined;
    }
    return ask(keyHash).then((entry) => entry && admit(entry, clock.now()));
  }

  function admit(entry: Known, now: Date): Actor | undefined {
    if (entry.expiresAtMs <= now.getTime()) return undefined;
    usage.note(entry.actor, now);
    return entry.actor;
  }

  function ask(keyHash: string): Promise<Known | undefined> {
    const running = asking.get(keyHash);
    if (running) return running;
    if (asking.size >= askingMax) throw new Problem("overloaded", { retryAfterSeconds: 1 });
    const asked = load(keyHash).finally(() => {
      if (asking.get(keyHash) === asked) asking.delete(keyHash);
    });
    asking.set(keyHash, asked);
    return asked;
  }

  async function load(keyHash: string): Promise<Known | undefined> {
    const dropsBefore = drops;
    const row = await db.read({ keyHash }, (tx) => findApiKey(tx, keyHash));
    const entry = row && knownOf(row, row.connections ?? (await connectionsReached(row)));
    // A change announced meanwhile may be younger than what was read.
    if (drops === dropsBefore && db.changes.isLive()) {
      if (entry) known.set(keyHash, entry);
      else keepUnknown(unknown, keyHash, clock.now().getTime() + unknownMs);
    }
    return entry;
  }

  /** A key that is limited to environments reaches their connections and no other: an environment never moves. */
  async function connectionsReached({ org, environments }: Owned): Promise<string[] | undefined> {
    return environments && db.read(org, (tx) => connectionsOf(tx, org, environments));
  }

  function drop(change: Change): void {
    if (change.kind !== "api-key" && change.kind !== "everything") return;
    drops++;
    unknown.clear();
    // Whoever asks from now on must not be given what was read before.
    asking.clear();
    known.drop(({ actor }) => change.kind === "everything" || actor.id === change.id);
  }

  async function close(): Promise<void> {
    stop();
    known.clear();
    unknown.clear();
    await usage.close();
  }

  return { actorOf, close };
}

interface Known {
  readonly actor: Actor;
  readonly expiresAtMs: number;
}

const keptMax = 10_000;
const askingMax = 100;
const unknownMs = 10_000;

function keepUnknown(unknown: Map<string, number>, keyHash: string, untilMs: number): void {
  const [oldest] = unknown.keys();
  if (unknown.size >= keptMax && oldest !== undefined) unknown.delete(oldest);
  unknown.set(keyHash, untilMs);
}

type Owned = ApiKey & { readonly org: OrganisationId };

function knownOf({ id, org, scopes, environments, expiresAt }: Owned, connections: readonly string[] | undefined): Known {
  const actor: Actor = {
    kind: "api-key",
    id: id as ApiKeyId,
    org,
    scopes: new Set(scopes),
    ...(connections ? { connections: new Set(connections) } : {}),
    ...(environments ? { environments: new Set(environments) } : {}),
    mayChangeProductionSecrets: scopes.includes("secrets:write"),
  };
  return { actor, expiresAtMs: expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) };
}
