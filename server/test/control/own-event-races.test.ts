import type { ConnectionUpdate, CredentialUpdate } from "@mooring/contract";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import * as connections from "../../src/control/connections.ts";
import * as credentials from "../../src/control/credentials.ts";
import type { NewEvent } from "../../src/domain/event.ts";
import type { ConnectionId, CredentialId, EnvironmentId, EventId, SubscriptionId } from "../../src/kernel/ids.ts";
import type { Database } from "../../src/store/database.ts";
import { appendEvents } from "../../src/store/events.ts";
import { org, type TokenRig, tokenRig } from "../credentials/token-rig.ts";
import { engines } from "../harness/engines.ts";
import { trials } from "../harness/profile.ts";

const rounds = trials({ change: 12, long: 500 });

describe.each(engines)("changes and events that come in at the same time, on $name", ({ prepare }) => {
  test("wait for each other in one order: none is ever run again, and positions have no gap (D-1)", async () => {
    const rig = await tokenRig(await prepare());
    const { db, runs } = counting(rig.db);
    const control = { ...rig.control, db };
    const key = await credentials.create(rig.control, rig.caller, { name: "key", type: "string", data: { value: "the secret" } });
    const places = [await connectionWith(rig, key.id), await connectionWith(rig, key.id)];
    const deps = control as Parameters<typeof connections.update>[0];
    const all: (() => Promise<unknown>)[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const { id } of places) {
        all.push(async () => {
          const { environments: _, ...connection } = await connections.get(deps, rig.caller, id);
          await connections.update(deps, rig.caller, id, { ...connection, name: `Shop ${round}` } as ConnectionUpdate);
        });
      }
      all.push(() => credentials.update(control, rig.caller, key.id as CredentialId, renamed(key.id, `key ${round}`)));
      // As they come together: for both connections at once, in either order.
      for (const order of [places, places.toReversed()]) {
        all.push(() =>
          db.write(org, (tx) =>
            appendEvents(
              tx,
              org,
              order.map((place) => received(rig, place)),
            ),
          ),
        );
      }
    }
    const writes = all.length;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let next = all.shift(); next; next = all.shift()) await next();
      }),
    );
    expect(runs()).toBe(writes);
    for (const { id } of places) {
      const positions = await positionsOf(rig.db, id);
      expect(positions).toEqual(positions.map((_, at) => at + 1));
      // Of each round an update of the connection, one of the credential, and two that came in.
      expect(positions).toHaveLength(rounds * 4);
    }
  });
});

/** The same database, which counts how often work was begun: more often than it was asked for when it had to be run again. */
function counting(db: Database): { db: Database; runs: () => number } {
  let runs = 0;
  const write: Database["write"] = (reach, work, how) =>
    db.write(
      reach,
      (tx) => {
        runs += 1;
        return work(tx);
      },
      how,
    );
  return { db: { ...db, write }, runs: () => runs };
}

interface Placed {
  readonly id: ConnectionId;
  readonly environmentId: EnvironmentId;
}

/** A connection whose environment uses the credential, with a subscription that asks to be told of changes. */
async function connectionWith({ control, caller, db }: TokenRig, credential: string): Promise<Placed> {
  const scheme = { schemeType: "api-key", name: "X-Api-Key", in: "header" } as const;
  const { id, environments } = await connections.create(control as Parameters<typeof connections.create>[0], caller, {
    protocol: "http" as const,
    name: "Shop",
    baseUrl: "https://api.example.com",
    authSchemeConfigs: [],
    environments: [{ name: "dev", variables: [], credentials: { action: [{ authSchemeConfig: scheme, credential: { id: credential } }] } }],
  });
  await db.write(org, (tx) =>
    tx.run(sql`
      insert into subscriptions (org_id, id, connection_id, name, own_events, created_at, updated_at)
      values (${org}, ${control.newId<SubscriptionId>()}, ${id}, 'asks', '["connection.updated","credential.updated"]', '', '')
    `),
  );
  return { id: id as ConnectionId, environmentId: environments[0]?.id as EnvironmentId };
}

const renamed = (id: string, name: string): CredentialUpdate => ({ id, name, type: "string", data: { value: "********" } });

const received = ({ control }: TokenRig, { id: connectionId, environmentId }: Placed): NewEvent => ({
  id: control.newId<EventId>(),
  connectionId,
  origin: "verified",
  type: "trigger",
  environmentId,
  triggerName: "paid",
  receivedAt: control.clock.now(),
  method: "POST",
  target: "/",
  headers: [],
  contentType: "application/json",
  body: Buffer.from("{}"),
  fits: undefined,
  faults: undefined,
  verification: undefined,
  sealed: undefined,
  dedupeKey: undefined,
});

async function positionsOf(db: Database, id: ConnectionId): Promise<number[]> {
  const rows = await db.read(org, (tx) =>
    tx.all(
      sql<{ position: number | string }>`select position from events where org_id = ${org} and connection_id = ${id} order by position`,
    ),
  );
  return rows.map(({ position }) => Number(position));
}
