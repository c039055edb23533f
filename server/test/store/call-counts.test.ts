import type { CallStatistics, CallStatisticsQuery, Scope } from "@mooring/contract";
import fc from "fast-check";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as statistics from "../../src/control/call-statistics.ts";
import type { Actor } from "../../src/domain/actor.ts";
import { blocksOf, type EndedCall } from "../../src/domain/call.ts";
import { isFailure } from "../../src/domain/call-tally.ts";
import { createRetention } from "../../src/gateway/record-retention.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { type ApiKeyId, type ConnectionId, createIds, type OrganisationId, startOfIds, timeOf } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { appendCalls } from "../../src/store/calls.ts";
import { deleteConnection, insertConnection } from "../../src/store/connections.ts";
import type { Database } from "../../src/store/database.ts";
import { insertEnvironments } from "../../src/store/environments.ts";
import { insertOrganisation } from "../../src/store/organisations.ts";
import { engines, type Place } from "../harness/engines.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { recordCalls, recordedCall } from "../harness/recorded-calls.ts";
import { at } from "../harness/samples.ts";

const newId = createIds(systemClock);
const startMs = Date.parse("2027-01-15T08:00:00.000Z");
const idAt = (ms: number, number: number) => `${startOfIds(new Date(startMs + ms))}${String(number).padStart(16, "0")}`;

describe.each(engines)("counts of calls on $name", ({ prepare }) => {
  let place: Place;
  let db: Database;
  beforeAll(async () => {
    place = await prepare();
    db = await place.open();
  });
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  /** An organisation with two connections, of two environments each. */
  async function home() {
    const org = newId<OrganisationId>();
    const now = systemClock.now();
    const connections = [newId<ConnectionId>(), newId<ConnectionId>()];
    const environments = connections.map(() => [newId<string>(), newId<string>()]);
    await db.write(org, async (tx) => {
      await insertOrganisation(tx, org, "Home", now);
      for (const [index, id] of connections.entries()) {
        const fields = {
          name: `c${index}`,
          protocol: "http",
          baseUrl: "https://example.com",
          authSchemeConfigs: [],
          variables: [],
        } as const;
        await insertConnection(tx, org, id, fields, now);
        const own = environments[index] as string[];
        const rows = own.map((one, position) => ({ id: one as never, name: `e${position}`, slug: `e${position}`, position }));
        await insertEnvironments(
          tx,
          org,
          id,
          rows.map((row) => ({ ...row, variables: [], retries: undefined })),
          now,
        );
      }
    });
    return { org, connections, environments };
  }

  const actorOf = (org: OrganisationId, limits: Partial<Actor> = {}): Actor => ({
    kind: "api-key",
    id: newId<ApiKeyId>(),
    org,
    scopes: new Set<Scope>(["connections:read"]),
    mayChangeProductionSecrets: false,
    ...limits,
  });

  const hour = { from: new Date(startMs).toISOString(), to: new Date(startMs + 3_600_000).toISOString(), stepSeconds: 300 };
  const ask = (actor: Actor, query: Partial<CallStatisticsQuery> = {}): Promise<CallStatistics> =>
    statistics.get({ db, clock: systemClock, newId }, { actor, requestId: "r" }, { ...hour, ...query });

  /** What must come out, said without minutes, marks or SQL. */
  function expectFigures(answer: CallStatistics, calls: readonly EndedCall[]): void {
    for (const point of [...answer.points, { ...answer.totals, at: undefined }]) {
      const from = point.at === undefined ? 0 : Date.parse(point.at);
      const to = point.at === undefined ? Number.POSITIVE_INFINITY : from + answer.stepSeconds * 1000;
      const own = calls.filter(({ id }) => timeOf(id).getTime() >= from && timeOf(id).getTime() < to);
      expect({ at: point.at, calls: point.calls, failures: point.failures }).toEqual({
        at: point.at,
        calls: own.length,
        failures: own.filter(isFailure).length,
      });
      const sorted = own.map(({ durationUs }) => durationUs / 1000).sort((one, other) => one - other);
      for (const [figure, share] of [
        [point.p50Ms, 0.5],
        [point.p95Ms, 0.95],
      ] as const) {
        const truth = sorted[Math.ceil(share * sorted.length) - 1];
        if (truth === undefined) expect(figure).toBeUndefined();
        else expect(Math.abs((figure ?? 0) - truth) / truth).toBeLessThan(0.1);
      }
    }
  }

  const anyCall = fc.record({
    ms: fc.nat(3_599_999),
    connection: fc.nat(1),
    // 2: refused before it was known; 3: and it named no connection that there is, or none at all.
    environment: fc.nat(3),
    status: fc.constantFrom(200, 404, 401, 503),
    durationUs: fc.integer({ min: 100, max: 60_000_000 }),
  });

  test("are the calls recorded, whoever counted them and however often a batch is written", { timeout: propertyTimeoutMs }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(anyCall, { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 }), async (batches) => {
        const { org, connections, environments } = await home();
        const made = batches.map((batch, at) =>
          batch.map(({ ms, connection, environment, ...rest }, number): EndedCall => {
            const connectionId = environment === 3 ? (number % 2 === 0 ? newId<string>() : undefined) : connections[connection];
            const environmentId = environments[connection]?.[environment];
            return recordedCall({ id: idAt(ms, at * 100 + number), ...rest, place: { connectionId, environmentId, credentialIds: [] } });
          }),
        );
        // Two nodes at a time; the first batch is written again, as after an answer that got lost.
        const blocks = made.map((batch) => blocksOf(batch));
        const write = (one: (typeof blocks)[number]) => db.write(org, (tx) => appendCalls(tx, org, one, { callsMax: 1_000_000 }));
        await Promise.all(blocks.map(write));
        await write(blocks[0] ?? []);

        const counted = made.flat().filter(({ place: { connectionId } }) => connections.includes(connectionId as ConnectionId));
        const of = (connection: number, environment?: number) =>
          counted.filter(
            ({ place: to }) =>
              to.connectionId === connections[connection] &&
              (environment === undefined || to.environmentId === environments[connection]?.[environment]),
          );
        const [first, environment] = [connections[0] as string, environments[0]?.[1] as string];
        expectFigures(await ask(actorOf(org)), counted);
        expectFigures(await ask(actorOf(org), { connection: first, stepSeconds: 60 }), of(0));
        expectFigures(await ask(actorOf(org), { environment }), of(0, 1));
        expectFigures(await ask(actorOf(org, { connections: new Set(connections.slice(1)) })), of(1));
        expectFigures(await ask(actorOf(org, { environments: new Set([environment]) })), of(0, 1));
        expectFigures(await ask(actorOf(newId<OrganisationId>()), { connection: first }), []);
      }),
      { numRuns: trials({ change: 12, long: 500 }) },
    );
  });

  test("of a minute in which much happens stay short, and lose none", async () => {
    const { org, connections, environments } = await home();
    const to = { connectionId: connections[0], environmentId: environments[0]?.[0], credentialIds: [] };
    const batches = Array.from({ length: 40 }, (_, at) =>
      Array.from({ length: 12 }, (_, number) =>
        recordedCall({ id: idAt(at * 1000, at * 100 + number), durationUs: 100 * 1.3 ** number, place: to }),
      ),
    );
    for (const batch of batches) await recordCalls(db, org, batch);
    expectFigures(await ask(actorOf(org), { connection: to.connectionId as string }), batches.flat());
    const rows = await db.read(org, (tx) => tx.all(sql<{ durations: string }>`select durations from call_minutes where org_id = ${org}`));
    expect(Math.max(...rows.map(({ durations }) => durations.length))).toBeLessThan(500);
  });

  test("have a step for each part of the time, the last of which may be shorter, and none without end", async () => {
    const actor = actorOf(newId<OrganisationId>());
    const at = (seconds: number) => new Date(startMs + seconds * 1000).toISOString();
    expect(await ask(actor, { from: at(61), to: at(301), stepSeconds: 120 })).toEqual({
      from: at(60),
      to: at(360),
      stepSeconds: 120,
      points: [60, 180, 300].map((second) => ({ at: at(second), calls: 0, failures: 0 })),
      totals: { calls: 0, failures: 0 },
    });
    const faults = [
      { from: at(0), to: at(0) },
      { from: at(60), to: at(0) },
      { from: at(0), to: at(1501 * 60), stepSeconds: 60 },
      { from: "2016-12-31T23:59:60Z" },
    ];
    for (const fault of faults) await expect(ask(actor, fault)).rejects.toMatchObject({ code: "invalid_request" });
    expect((await ask(actor, { from: at(0), to: at(1500 * 60), stepSeconds: 60 })).points).toHaveLength(1500);
  });

  test("go after 31 days, in every organisation; when a place was last called stays known for as long as it is there", async () => {
    const homes = [await home(), await home()];
    const nowMs = startMs + 40 * 86_400_000;
    const days = [0, 8, 8.5, 12, 39];
    for (const { org, connections, environments } of homes) {
      for (const [number, day] of days.entries())
        await recordCalls(db, org, [
          recordedCall({
            id: idAt(day * 86_400_000, number),
            place: { connectionId: connections[0], environmentId: environments[0]?.[0], credentialIds: ["01KACRED000000000000000001"] },
          }),
          // Of what is gone.
          recordedCall({ id: idAt(day * 3_600_000, 50 + number) }),
        ]);
    }
    const log = createLog("silent");
    // Called once, and then left alone: that stays known for as long as the connection is there.
    const idle = at(homes, 0);
    const alone = { connectionId: idle.connections[1], environmentId: idle.environments[1]?.[0], credentialIds: [] };
    await recordCalls(db, idle.org, [recordedCall({ id: idAt(1, 90), place: alone })]);
    const placesOf = async (connection: string | undefined) =>
      db.read(idle.org, (tx) => tx.all(sql`select 1 from call_places where org_id = ${idle.org} and connection_id = ${connection ?? ""}`));
    const retention = createRetention({ db, clock: { now: () => new Date(nowMs) }, log, keepHours: 24 * 365 });
    await retention.sweep();
    expect(await placesOf(alone.connectionId)).toHaveLength(1);
    await db.write(idle.org, (tx) => deleteConnection(tx, idle.org, alone.connectionId as ConnectionId));
    await retention.sweep();
    expect(await placesOf(alone.connectionId)).toEqual([]);
    await retention.close();
    for (const { org } of homes) {
      const all = { from: hour.from, to: new Date(nowMs).toISOString(), stepSeconds: 86_400 };
      const { points } = await ask(actorOf(org), all);
      expect(points.flatMap(({ at, calls }) => (calls > 0 ? [[(Date.parse(at) - startMs) / 86_400_000, calls]] : []))).toEqual([
        [12, 1],
        [39, 1],
      ]);
      const rows = await db.read(org, (tx) =>
        tx.all(sql<{ place: string }>`
          select 'place ' || environment_id as place from call_places where org_id = ${org} and connection_id <> ''
          union all
          select 'use ' || environment_id from credential_uses where org_id = ${org}
        `),
      );
      const kept = homes.find((one) => one.org === org)?.environments[0]?.[0];
      expect(rows.map((row) => row.place).sort()).toEqual([`place ${kept}`, `use ${kept}`]);
    }
  });
});
