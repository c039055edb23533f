import { randomBytes } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { bootstrap } from "../../src/bootstrap.ts";
import { createEventSigner } from "../../src/credentials/event-signer.ts";
import { createSeals, type Seals } from "../../src/credentials/seals.ts";
import { newSigningKey } from "../../src/credentials/signing-keys.ts";
import type { NewEvent } from "../../src/domain/event.ts";
import { type Clock, systemClock } from "../../src/kernel/clock.ts";
import { type ConnectionId, createIds, type EventId, type OrganisationId, type SubscriptionId } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { parseEgressRule } from "../../src/net/egress.ts";
import { createNet, type NetDeps } from "../../src/net/net.ts";
import { insertConnection } from "../../src/store/connections.ts";
import type { Database } from "../../src/store/database.ts";
import { type DeliveryRow, deliveryColumns, deliveryOf } from "../../src/store/delivery-reads.ts";
import { type Destination, getDestination, insertDestination } from "../../src/store/destinations.ts";
import { appendEvents } from "../../src/store/events.ts";
import { insertSubscription, type SubscriptionFields } from "../../src/store/subscriptions.ts";
import { createArrivals } from "../../src/traffic/arrivals.ts";
import { loadMasterKey } from "../../src/vault/master.ts";
import { createVault } from "../../src/vault/vault.ts";
import type { DeliveryBounds } from "../../src/webhooks/deliver/bounds.ts";
import { type Deliverer, startDeliverer } from "../../src/webhooks/deliver/deliverer.ts";
import type { Place } from "../harness/engines.ts";
import { keptEvent } from "../harness/events.ts";

export const org = "01JAZZ5CB6Q8ZV0000000000FA" as OrganisationId;

/** A database with one organisation, and for each test a connection of its own, destinations for its events, and whoever delivers them. */
export interface DeliveryRig {
  readonly db: Database;
  readonly seals: Seals;
  readonly connectionId: ConnectionId;
  /** Another database of the same place: on the embedded engine the same one. */
  openAnother(): Promise<Database>;
  /** A subscription whose events go to `url`. */
  subscribe(url: string, changes?: Partial<SubscriptionFields>): Promise<Subscribed>;
  /** Keeps events of the test's connection, and tells nobody. */
  keep(...changes: Partial<NewEvent>[]): Promise<EventId[]>;
  deliver(given?: Delivering): Delivers;
  deliveries(subscription: SubscriptionId): Promise<ReturnType<typeof deliveryOf>[]>;
  destination(subscription: SubscriptionId): Promise<Destination | undefined>;
  /** As if so much time had gone by for all that waits, in the database. */
  age(ms: number): Promise<void>;
}

export interface Subscribed {
  readonly id: SubscriptionId;
  /** What its events are signed with, as it was shown. */
  readonly key: string;
}

export interface Delivering {
  readonly db?: Database;
  readonly owner?: string;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly bounds?: Partial<DeliveryBounds>;
  readonly net?: Partial<NetDeps>;
  readonly rules?: readonly string[];
}

export interface Delivers extends Deliverer {
  /** Tells that events were kept. */
  announce(): void;
  readonly logLines: readonly string[];
}

export function deliveryRig(prepare: () => Promise<Place>): DeliveryRig {
  const rig = {} as { -readonly [Name in keyof DeliveryRig]: DeliveryRig[Name] };
  const newId = createIds(systemClock);
  const closing: (() => Promise<unknown>)[] = [];
  let place: Place;
  let names = 0;

  beforeAll(async () => {
    place = await prepare();
    const configured = new Secret(randomBytes(32).toString("base64"));
    const vault = createVault(loadMasterKey({ dataDir: place.dataDir, configured, mayGenerate: false }));
    const db = await place.open();
    await bootstrap({ db, vault, clock: systemClock, newId }, { organisation: org, apiKey: new Secret(randomBytes(32).toString("hex")) });
    Object.assign(rig, { db, seals: createSeals({ db, vault }), openAnother, subscribe, keep, deliver, deliveries, destination, age });
  });
  afterAll(async () => {
    await rig.db?.close();
    await place?.remove();
  });
  beforeEach(async () => {
    rig.connectionId = newId<ConnectionId>();
    const fields = { name: "outside", protocol: "http" as const, baseUrl: "https://example.com", authSchemeConfigs: [], variables: [] };
    await rig.db.write(org, (tx) => insertConnection(tx, org, rig.connectionId, fields, systemClock.now()));
  });
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
    await rig.db.write(org, (tx) => tx.run(sql`delete from connections where org_id = ${org} and id = ${rig.connectionId}`));
  });
  return rig;

  async function openAnother(): Promise<Database> {
    if (place.engine === "sqlite") return rig.db;
    const db = await place.open();
    closing.push(() => db.close());
    return db;
  }

  async function subscribe(url: string, changes: Partial<SubscriptionFields> = {}): Promise<Subscribed> {
    const id = newId<SubscriptionId>();
    const now = systemClock.now();
    const nothing = { versionId: undefined, environmentId: undefined, trigger: undefined, ownEvents: undefined, filter: undefined };
    const { key, kept } = newSigningKey(await rig.seals.of(org), id, { id: newId(), now });
    await rig.db.write(org, async (tx) => {
      await insertSubscription(tx, org, rig.connectionId, { ...nothing, name: `s${++names}`, id, ...changes }, now);
      await insertDestination(tx, org, id, { url, keys: [kept] });
    });
    return { id, key };
  }

  async function keep(...changes: Partial<NewEvent>[]): Promise<EventId[]> {
    const events = changes.map((one) => keptEvent({ connectionId: rig.connectionId, ...one }));
    await rig.db.write(org, (tx) => appendEvents(tx, org, events));
    return events.map(({ id }) => id);
  }

  function deliver({ db = rig.db, clock = systemClock, owner = newId(), random = () => 0.5, rules, ...given }: Delivering = {}): Delivers {
    const logLines: string[] = [];
    const log = createLog("debug", { write: (line: string) => logLines.push(line) });
    const allow = (rules ?? ["127.0.0.0/8"]).map(parseEgressRule);
    const net = createNet({ allow, log, clock, resolve: () => Promise.reject(new Error("no name is known")), ...given.net });
    const arrivals = createArrivals();
    const signer = createEventSigner({ seals: rig.seals, clock });
    const deliverer = startDeliverer({
      db,
      net,
      signer,
      arrivals,
      clock,
      newId,
      log,
      owner,
      random,
      bounds: { pollMs: 20, ...given.bounds },
    });
    closing.push(async () => {
      await deliverer.close({ drainMs: 0 });
      await net.close();
    });
    return { ...deliverer, announce: () => arrivals.announce({ org, connectionId: rig.connectionId }), logLines };
  }

  function deliveries(subscription: SubscriptionId) {
    return rig.db.read(org, async (tx) => {
      const rows = await tx.all(sql<DeliveryRow>`
        select ${deliveryColumns}
        from deliveries
        where org_id = ${org} and subscription_id = ${subscription}
        order by event_id
      `);
      return rows.map(deliveryOf);
    });
  }

  function destination(subscription: SubscriptionId): Promise<Destination | undefined> {
    return rig.db.read(org, (tx) => getDestination(tx, org, subscription));
  }

  async function age(ms: number): Promise<void> {
    await rig.db.write(org, async (tx) => {
      await tx.run(
        sql`update deliveries set due_at = due_at - ${ms}, lease_until = lease_until - ${ms} where org_id = ${org} and state = 'waiting'`,
      );
      await tx.run(sql`update destinations set paused_until = paused_until - ${ms} where org_id = ${org}`);
    });
  }
}

/** What a destination was sent. */
export interface Sent {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface DestinationServer {
  readonly url: string;
  readonly sent: Sent[];
  /** Those that are there and have no answer yet. */
  readonly open: number;
  close(): Promise<void>;
}

/** A destination on loopback that remembers what it is sent; answers 204 unless `answer` does otherwise. It closes when the test ends. */
export async function startDestination(answer?: (response: ServerResponse, sent: Sent) => void): Promise<DestinationServer> {
  const sent: Sent[] = [];
  let open = 0;
  const server = createServer(async (request, response) => {
    open += 1;
    response.once("close", () => {
      open -= 1;
    });
    const body = await buffer(request).catch(() => undefined);
    if (body === undefined) return;
    const one = {
      id: String(request.headers["webhook-id"]),
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body,
    };
    sent.push(one);
    if (answer) answer(response, one);
    else response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  servers.push(close);
  return {
    url: `http://127.0.0.1:${port}/hook?from=mooring`,
    sent,
    get open() {
      return open;
    },
    close,
  };
}

const servers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of servers.splice(0)) await close();
});

/** Answers with this status and no more. */
export const answering =
  (status: number, headers: Readonly<Record<string, string>> = {}) =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end();
  };

/** Waits until `check` no longer throws. Generous: what takes this long does not come. */
export const until = (check: () => unknown): Promise<unknown> => vi.waitFor(check, { timeout: 30_000, interval: 5 });
