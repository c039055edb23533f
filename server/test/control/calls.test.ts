import type { Call, CallPage, CallsQuery, Scope } from "@mooring/contract";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as calls from "../../src/control/calls.ts";
import type { Actor } from "../../src/domain/actor.ts";
import type { EndedCall } from "../../src/domain/call.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { type ApiKeyId, createIds, type OrganisationId, startOfIds } from "../../src/kernel/ids.ts";
import type { Database } from "../../src/store/database.ts";
import { engines, type Place } from "../harness/engines.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { recordCalls, recordedCall } from "../harness/recorded-calls.ts";

const newId = createIds(systemClock);
const actorOf = (org: string, limits: Partial<Actor> = {}): Actor => ({
  kind: "api-key",
  id: newId<ApiKeyId>(),
  org: org as OrganisationId,
  scopes: new Set<Scope>(["connections:read"]),
  mayChangeProductionSecrets: false,
  ...limits,
});

const some = {
  connection: ["01KAC0NN0000000000000000A1", "01KAC0NN0000000000000000A2", undefined],
  environment: ["01KAENV00000000000000000A1", "01KAENV00000000000000000A2", undefined],
  actor: ["01KAKEY00000000000000000A1", "01KAKEY00000000000000000A2"],
  method: ["GET", "POST"],
  status: [0, 200, 201, 404, 502, 504],
  origin: ["upstream", "gateway", "aborted"],
  code: [undefined, "upstream_timeout", "not_found"],
} as const;

/** At `ms` after a time that is as good as any: three spans of blocks, so that some blocks overlap and others do not. */
const idAt = (ms: number, number: number) => `${startOfIds(new Date(1_800_000_000_000 + ms))}${String(number).padStart(16, "0")}`;

const anyCall = fc
  .record({
    ms: fc.nat(90_000),
    connectionId: fc.constantFrom(...some.connection),
    environmentId: fc.constantFrom(...some.environment),
    actor: fc.constantFrom(...some.actor),
    method: fc.constantFrom(...some.method),
    status: fc.constantFrom(...some.status),
    origin: fc.constantFrom(...some.origin),
    code: fc.constantFrom(...some.code),
  })
  .map(({ ms, connectionId, environmentId, actor, ...rest }) => ({
    ms,
    ...rest,
    actor: { kind: "api-key" as const, id: actor as ApiKeyId },
    place: { connectionId, environmentId, credentialIds: [] },
  }));

/** Batches as several nodes write them: the calls of each lie among those of the others. */
const anyBatches = fc
  .array(fc.array(anyCall, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 })
  .map((batches) =>
    batches.map((batch, at) => batch.map(({ ms, ...rest }, place) => recordedCall({ id: idAt(ms, at * 100 + place), ...rest }))),
  );

const anyQuery: fc.Arbitrary<CallsQuery> = fc.record(
  {
    connection: fc.constantFrom(...some.connection.slice(0, 2), "01KAC0NN0000000000000000ZZ") as fc.Arbitrary<string>,
    environment: fc.constantFrom(...some.environment.slice(0, 2)) as fc.Arbitrary<string>,
    actor: fc.constantFrom(...some.actor),
    method: fc.constantFrom(...some.method, "PUT"),
    status: fc.constantFrom("200", "404", "2xx", "5xx", "3xx"),
    origin: fc.constantFrom(...some.origin),
    code: fc.constantFrom("upstream_timeout", "not_found", "frozen"),
    from: fc.nat(90_000).map((ms) => new Date(1_800_000_000_000 + ms).toISOString()),
    to: fc.nat(90_000).map((ms) => new Date(1_800_000_000_000 + ms).toISOString()),
  },
  { requiredKeys: [] },
);

/** What the list must give, said without blocks, terms or cursors. */
function expectedOf(all: readonly EndedCall[], query: CallsQuery, { connections, environments }: Partial<Actor> = {}): string[] {
  const isOf = ({ place, actor, method, status, origin, code, id }: EndedCall) => {
    const at = new Date(Number.parseInt(timeDigits(id), 32)).toISOString();
    return (
      [undefined, place.connectionId].includes(query.connection) &&
      [undefined, place.environmentId].includes(query.environment) &&
      [undefined, String(actor.id)].includes(query.actor) &&
      [undefined, method].includes(query.method) &&
      [undefined, String(status), `${Math.floor(status / 100)}xx`].includes(query.status) &&
      [undefined, origin].includes(query.origin) &&
      [undefined, code].includes(query.code) &&
      (query.from === undefined || at >= query.from) &&
      (query.to === undefined || at < query.to) &&
      (connections === undefined || (place.connectionId !== undefined && connections.has(place.connectionId))) &&
      (environments === undefined || (place.environmentId !== undefined && environments.has(place.environmentId)))
    );
  };
  return all
    .filter(isOf)
    .map(({ id }) => id)
    .sort()
    .reverse();
}

/** The time of a ULID in the digits that JavaScript takes for base 32. */
const timeDigits = (id: string) =>
  [...id.slice(0, 10)].map((digit) => "0123456789ABCDEFGHJKMNPQRSTVWXYZ".indexOf(digit).toString(32)).join("");

const idsOf = ({ items }: { items: readonly Call[] }) => items.map(({ id }) => id);

describe.each(engines)("the list of calls on $name", ({ prepare }) => {
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

  type Bounds = { blocks: number; calls: number };
  const page = (actor: Actor, query: CallsQuery, bounds?: Bounds): Promise<CallPage> =>
    calls.list({ db, clock: systemClock, newId, ...(bounds ? { bounds } : {}) }, { actor, requestId: "r" }, query);

  /** From the newest on, until there is no more; `between` runs before each page but the first. */
  async function pages(
    actor: Actor,
    query: CallsQuery,
    bounds?: Bounds,
    between: () => Promise<void> = async () => {},
  ): Promise<CallPage[]> {
    const all = [await page(actor, query, bounds)];
    for (let next = all[0]?.next; next !== undefined; next = all.at(-1)?.next) {
      await between();
      all.push(await page(actor, { ...query, after: next }, bounds));
      if (all.length > 1000) throw new Error("The pages do not end.");
    }
    return all;
  }

  test("shows all that is known of a call", async () => {
    const org = newId<OrganisationId>();
    const id = `${startOfIds(new Date("2026-03-04T05:06:07.089Z"))}ABCDEFGHJKMNPQRS`;
    const call = recordedCall({
      id,
      path: "/orders/7",
      query: "page=2&limit=&q",
      status: 502,
      origin: "gateway",
      code: "upstream_unreachable",
    });
    await recordCalls(db, org, [{ ...call, durationUs: 12_345, bytesIn: 5, bytesOut: 5e9, attempts: 3, method: "POST" }]);
    expect((await page(actorOf(org), {})).items).toEqual([
      {
        id,
        at: "2026-03-04T05:06:07.089Z",
        actor: { type: "api-key", id: call.actor.id },
        connectionId: call.place.connectionId,
        environmentId: call.place.environmentId,
        method: "POST",
        path: "/orders/7?page=&limit=&q",
        status: 502,
        origin: "gateway",
        code: "upstream_unreachable",
        durationMs: 12.345,
        requestBytes: 5,
        responseBytes: 5e9,
        attempts: 3,
        credentialIds: call.place.credentialIds,
        requestId: id,
      },
    ]);
  });

  test.each([
    ["?token=s3cret&x=1", "token=s3cret&x=1", "/p?token=&x="],
    ["several of one name", "a=1&a=2", "/p?a=&a="],
    ["an equals sign in a value", "a=b=c&d", "/p?a=&d"],
    ["a value that is a query", "url=http://x/?k=v", "/p?url="],
    ["an empty query", "", "/p"],
  ])("keeps the names and not the values of %s", async (_name, query, path) => {
    const org = newId<OrganisationId>();
    await recordCalls(db, org, [recordedCall({ id: newId(), path: "/p", query })]);
    expect((await page(actorOf(org), {})).items[0]?.path).toBe(path);
  });

  test("cuts a long path, and keeps one of any characters as it was", async () => {
    const org = newId<OrganisationId>();
    const hostile = `/${String.fromCharCode(0, 31, 34, 92, 0xe9, 0xff)}'"; drop table call_blocks; --\ud800`;
    await recordCalls(db, org, [recordedCall({ id: newId(), path: hostile }), recordedCall({ id: newId(), path: `/${"x".repeat(5000)}` })]);
    const [long, odd] = (await page(actorOf(org), {})).items;
    expect(long?.path).toBe(`/${"x".repeat(1999)}`);
    expect(odd?.path).toBe(hostile);
  });

  test("gives what a model gives, page by page, whatever is asked for and however it was written", {
    timeout: propertyTimeoutMs,
  }, async () => {
    const bounds = fc.record({ blocks: fc.integer({ min: 1, max: 10 }), calls: fc.integer({ min: 1, max: 30 }) });
    await fc.assert(
      fc.asyncProperty(anyBatches, anyQuery, fc.integer({ min: 1, max: 9 }), fc.option(bounds), async (batches, query, first, bound) => {
        const org = newId<OrganisationId>();
        for (const batch of batches) await recordCalls(db, org, batch);
        const expected = expectedOf(batches.flat(), query);
        const forth = await pages(actorOf(org), { ...query, first }, bound ?? undefined);
        expect(forth.flatMap(idsOf)).toEqual(expected);
        expect(forth[0]).not.toHaveProperty("prev");
        // Without a bound every page is full, but for the last.
        if (!bound) expect(forth.slice(0, -1).every(({ items }) => items.length === first)).toBe(true);

        const back = [forth.at(-1) as CallPage];
        for (let prev = back[0]?.prev; prev !== undefined; prev = back[0]?.prev)
          back.unshift(await page(actorOf(org), { ...query, first, before: prev }, bound ?? undefined));
        expect(back.flatMap(idsOf)).toEqual(expected);
      }),
      { numRuns: trials({ change: 30, long: 3000 }) },
    );
  });

  test("shows a limited key what is within its limits", { timeout: propertyTimeoutMs }, async () => {
    const limit = (of: readonly (string | undefined)[]) =>
      fc.option(
        fc
          .subarray(
            of.filter((id) => id !== undefined),
            { minLength: 1 },
          )
          .map((ids) => new Set(ids)),
        { nil: undefined },
      );
    await fc.assert(
      fc.asyncProperty(anyBatches, limit(some.connection), limit(some.environment), async (batches, connections, environments) => {
        const org = newId<OrganisationId>();
        for (const batch of batches) await recordCalls(db, org, batch);
        const limits = { ...(connections ? { connections } : {}), ...(environments ? { environments } : {}) };
        const seen = (await pages(actorOf(org, limits), { first: 5 })).flatMap(idsOf);
        expect(seen).toEqual(expectedOf(batches.flat(), {}, limits));
      }),
      { numRuns: trials({ change: 20, long: 1000 }) },
    );
    const limited = actorOf(newId(), { connections: new Set(["01KAC0NN0000000000000000A1"]) });
    await expect(page(limited, { connection: "01KAC0NN0000000000000000A2" })).rejects.toMatchObject({ code: "forbidden" });
  });

  test("while calls are added, no call is twice, and none is skipped that was there", { timeout: propertyTimeoutMs }, async () => {
    await fc.assert(
      fc.asyncProperty(anyBatches, anyBatches, fc.integer({ min: 1, max: 5 }), async (before, later, first) => {
        const org = newId<OrganisationId>();
        for (const batch of before) await recordCalls(db, org, batch);
        const waiting = later.map((batch) => batch.map((call) => ({ ...call, id: `${call.id.slice(0, 24)}ZZ` })));
        const seen = await pages(actorOf(org), { first }, undefined, async () => {
          const batch = waiting.shift();
          // One id stands for one call.
          if (batch) await recordCalls(db, org, [...new Map(batch.map((call) => [call.id, call])).values()]);
        });
        const ids = seen.flatMap(idsOf);
        expect(new Set(ids).size).toBe(ids.length);
        expect(expectedOf(before.flat(), {}).filter((id) => !ids.includes(id))).toEqual([]);
        expect(ids).toEqual(ids.toSorted().reverse());
      }),
      { numRuns: trials({ change: 20, long: 1000 }) },
    );
  });

  test("a search for what is not there looks through a bounded part, and says where to go on until it is through", async () => {
    const org = newId<OrganisationId>();
    for (let at = 0; at < 30; at += 1) await recordCalls(db, org, [recordedCall({ id: newId(), method: at === 0 ? "PUT" : "GET" })]);
    const bounds = { blocks: 7, calls: 1000 };
    const seen = await pages(actorOf(org), { method: "PUT" }, bounds);
    expect(seen.map(({ items }) => items.length)).toEqual([0, 0, 0, 0, 1]);
    expect(seen.slice(0, -1).every(({ next }) => next !== undefined)).toBe(true);
  });

  test.each([
    ["from", "2026-12-31T23:59:60Z"],
    ["to", "2026-12-31T23:59:60Z"],
  ])("refuses a leap second as `%s`, which no call can have come at", async (field, time) => {
    const refused = { code: "invalid_request", fields: [expect.objectContaining({ field })] };
    await expect(page(actorOf(newId()), { [field]: time })).rejects.toMatchObject(refused);
  });

  test("takes times from before all ids, and with any offset", async () => {
    const org = newId<OrganisationId>();
    const id = `${startOfIds(new Date("2026-03-04T05:06:07.089Z"))}ABCDEFGHJKMNPQRS`;
    await recordCalls(db, org, [recordedCall({ id })]);
    const within = { from: "0001-01-01T00:00:00Z", to: "2026-03-04T07:06:07.090+02:00" };
    expect(idsOf(await page(actorOf(org), within))).toEqual([id]);
    expect(idsOf(await page(actorOf(org), { ...within, to: "2026-03-04T07:06:07.089+02:00" }))).toEqual([]);
  });

  test("never shows another organisation's calls", async () => {
    const [one, other] = [newId<OrganisationId>(), newId<OrganisationId>()];
    const [own, foreign] = [recordedCall({ id: newId() }), recordedCall({ id: newId() })];
    await recordCalls(db, one, [own]);
    await recordCalls(db, other, [foreign]);
    expect(idsOf(await page(actorOf(one), {}))).toEqual([own.id]);
    const cursor = (await page(actorOf(other), { first: 1, to: "9999-12-31T23:59:59Z" })).items[0]?.id ?? "";
    const after = Buffer.from(JSON.stringify(["id:desc", cursor])).toString("base64url");
    expect(idsOf(await page(actorOf(one), { after }))).toEqual([own.id]);
  });

  test.each(["x", "", "~", "\ud800", "'; drop table call_blocks; --", "0".repeat(26), "Z".repeat(500)])(
    "takes a cursor that holds %j for a place among the ids, and nothing else",
    async (text) => {
      const org = newId<OrganisationId>();
      const id = newId();
      await recordCalls(db, org, [recordedCall({ id })]);
      const cursor = Buffer.from(JSON.stringify(["id:desc", text])).toString("base64url");
      const expected = (isThere: boolean) => (isThere ? [id] : []);
      if (text === "\ud800") return void (await expect(page(actorOf(org), { after: cursor })).resolves.toBeDefined());
      expect(idsOf(await page(actorOf(org), { after: cursor }))).toEqual(expected(id < text));
      expect(idsOf(await page(actorOf(org), { before: cursor }))).toEqual(expected(id > text));
    },
  );
});
