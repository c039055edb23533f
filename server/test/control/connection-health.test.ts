import type { ConnectionSummary } from "@mooring/contract";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import type { EndedCall } from "../../src/domain/call.ts";
import { type EnvironmentId, type OrganisationId, startOfIds } from "../../src/kernel/ids.ts";
import type { Actor } from "../harness/actors.ts";
import { arrive } from "../harness/events.ts";
import { recordCalls, recordedCall } from "../harness/recorded-calls.ts";
import {
  apiKeyScheme,
  at,
  authorizationCodeScheme,
  createConnection,
  createCredential,
  credentialOf,
  type HTTPConnection,
  newConnection,
  smallConnection,
} from "../harness/samples.ts";
import { onEachEngine, type World } from "../harness/world.ts";

onEachEngine("how connections are doing", (world) => {
  let actor: Actor;
  beforeAll(async () => {
    // An organisation of its own, so that the lists are this file's own.
    actor = await world.as("strangerKey");
  });

  let number = 0;
  /** Calls of a connection that came so many minutes ago. */
  async function call(to: HTTPConnection, minutesAgo: number, count: number, changes: Partial<EndedCall> = {}): Promise<void> {
    const [environment] = to.environments;
    const start = startOfIds(new Date(world.clock.now().getTime() - minutesAgo * 60_000));
    const place = { connectionId: to.id, environmentId: environment?.id, credentialIds: [] };
    const calls = Array.from({ length: count }, () => {
      number += 1;
      return recordedCall({ id: `${start}${String(number).padStart(16, "0")}`, place, ...changes });
    });
    await recordCalls(world.mooring.db, actor.org, calls);
  }

  const failed = { status: 503 };

  const summaries = async (query: Record<string, string | number>, as = actor): Promise<ConnectionSummary[]> =>
    (await world.must(as, "ListConnectionSummaries", { query })).body.items;
  const healthOf = async ({ id }: HTTPConnection, as = actor) =>
    (await world.must(as, "GetConnectionHealth", { params: { connection_id: id } })).body;

  describe("health", () => {
    const moves: readonly [what: string, move: (to: HTTPConnection) => Promise<unknown>, health: ConnectionSummary["health"]][] = [
      ["nothing happened yet", async () => {}, "unused"],
      ["a call failed 61 minutes ago", (to) => call(to, 61, 1, failed), "ok"],
      ["the only call of the hour failed", (to) => call(to, 58, 1, failed), "failing"],
      ["as many went well", (to) => call(to, 1, 1), "ok"],
      ["two more were refused by the system", (to) => call(to, 1, 2, { status: 401 }), "failing"],
      ["many asked for what is not there", (to) => call(to, 1, 5, { status: 404 }), "ok"],
      ["its token cannot be renewed", (to) => trouble(world, actor, to, { reason: "It did not answer.", needsPerson: 0 }), "failing"],
      ["somebody has to sign in", (to) => trouble(world, actor, to, { reason: "The grant is gone.", needsPerson: 1 }), "attention"],
      ["somebody did", (to) => trouble(world, actor, to, { reason: null, needsPerson: 0 }), "ok"],
    ];

    test("moves with what happens, and is the same wherever it is read", async () => {
      const to = await createConnection(world, await signedIn(world, actor), actor);
      for (const [what, move, health] of moves) {
        await move(to);
        const own = await healthOf(to);
        const found = await summaries({ health, first: 100 });
        const shown = found.find(({ id }) => id === to.id);
        expect({ what, health: own.health, listed: shown?.health, first: own.environments[0]?.health }).toEqual({
          what,
          health,
          listed: health,
          first: health,
        });
        expect(shown?.attention).toEqual(own.attention);
        expect(shown?.environments).toEqual(own.environments.map(({ id, name, slug, health: one }) => ({ id, name, slug, health: one })));
        for (const other of ["ok", "failing", "attention", "unused"].filter((one) => one !== health))
          expect((await summaries({ health: other, first: 100 })).map(({ id }) => id)).not.toContain(to.id);
      }
      expect(at((await healthOf(to)).environments, 0)).toMatchObject({
        callsLastHour: 9,
        failuresLastHour: 3,
        p95Ms: expect.closeTo(1.5, 0),
      });
    });

    test("tells which credential needs a person, and why; of one that nobody signed in with too", async () => {
      const given = await signedIn(world, actor);
      const to = await createConnection(world, given, actor);
      await trouble(world, actor, to, { reason: "The grant is gone.", needsPerson: 1 });
      const [use] = at(to.environments, 0).credentials.action;
      const credential = { id: use?.credential.id, name: "grant", type: "oauth2-token" };
      expect((await healthOf(to)).attention).toEqual([{ credential, state: "reauth_required", reason: "The grant is gone." }]);
      const bare = { ...credentialOf["oauth2-token"](), data: { clientId: "id", clientSecret: "", ...addresses, scopes: [] } };
      const { body } = await world.must(actor, "CreateCredential", {
        body: { ...bare, data: { ...bare.data, clientSecret: "s3cret-of-nobody" } },
      });
      const action = [{ authSchemeConfig: given.authSchemeConfigs?.[0] as never, credential: { id: body.id } }];
      const other = await createConnection(
        world,
        smallConnection({ environments: [{ name: "dev", credentials: { action }, variables: [] }] }),
        actor,
      );
      expect(at(await summaries({ health: "attention", first: 1 }), 0)).toMatchObject({
        id: other.id,
        attention: [{ credential: { id: body.id }, state: "reauth_required", reason: "Nobody has signed in yet." }],
      });
    });

    test("of one environment is its own: what fails there fails nowhere else", async () => {
      const to = await createConnection(world, newConnection(), actor);
      const [dev, production] = to.environments;
      await call(to, 1, 3, failed);
      await call(to, 1, 30, { place: { connectionId: to.id, environmentId: production?.id, credentialIds: [] } });
      // Refused before the environment was known: it counts for the connection.
      await call(to, 1, 1, { place: { connectionId: to.id, environmentId: undefined, credentialIds: [] }, status: 503, origin: "gateway" });
      const shown = at(await summaries({ first: 1, sort: "createdAt:desc" }), 0);
      expect(shown).toMatchObject({ health: "ok", callsLastHour: 34, failuresLastHour: 4 });
      expect(shown.environments.map(({ id, health }) => [id, health])).toEqual([
        [dev?.id, "failing"],
        [production?.id, "ok"],
      ]);
    });
  });

  test("a credential says when it was last used, of calls and of what comes in", async () => {
    const to = await createConnection(world, newConnection(), actor);
    const [dev, other] = to.environments;
    const ids = dev?.credentials.action.map(({ credential }) => credential.id) ?? [];
    const place = { connectionId: to.id, environmentId: dev?.id, credentialIds: ids.slice(0, 1) };
    await call(to, 5, 1, { place });
    await call(to, 9, 1, { place });
    // It was refused before anything was sent.
    await call(to, 1, 1, { place, attempts: 0, status: 422, origin: "gateway", code: "credential_unusable" });
    await arrive(world.mooring.db, actor.org, to.id, [{ environmentId: dev?.id as EnvironmentId }]);
    const [first, second] = (await healthOf(to)).environments;
    const minutes = (text: string | undefined) => Math.round((world.clock.now().getTime() - Date.parse(text ?? "")) / 60_000);
    expect(first?.credentials.action.map(({ credentialId, state, lastUsedAt }) => [credentialId, state, minutes(lastUsedAt)])).toEqual([
      [ids[0], "ok", 5],
      [ids[1], "untried", Number.NaN],
    ]);
    expect(first?.credentials.trigger).toMatchObject([
      { id: at(dev?.credentials.trigger ?? [], 0).id, state: "ok", lastUsedAt: expect.any(String) },
    ]);
    expect(second?.id).toBe(other?.id);
    expect([...(second?.credentials.action ?? []), ...(second?.credentials.trigger ?? [])].map(({ state }) => state)).toEqual([
      "untried",
      "untried",
      "untried",
    ]);
  });

  describe("the list", () => {
    const names = ["100% Wool", "1000 Wool", "snake_case", "snakeXcase", "Œuvre Straße", "ORDERS", "orders two", "back\\slash"];
    beforeAll(async () => {
      for (const name of names) await createConnection(world, smallConnection({ name, baseUrl: "https://find.me.example.com/V2" }), actor);
      await world.must(actor, "CreateBigQueryConnection", {
        body: { name: "House", datasetId: "acme.Orders_2", environments: smallConnection().environments },
      });
    });

    test.each([
      ["0%", ["100% Wool"]],
      ["%", ["100% Wool"]],
      ["e_c", ["snake_case"]],
      ["ORDERS", ["House", "ORDERS", "orders two"]],
      ["orders_", ["House"]],
      ["œuvre STRASSE", ["Œuvre Straße"]],
      ["\\", ["back\\slash"]],
      ["'; drop table connections; --", []],
      ["FIND.me.example.com/v2", names.toSorted()],
    ])("finds %j in names and addresses, whatever its case", async (search, found) => {
      const listed = await summaries({ search, first: 100, sort: "name:asc" });
      expect(listed.map(({ name }) => name)).toEqual(found);
    });

    test("finds what was there before there was a text to search, also by letters beyond ASCII", async () => {
      const { id } = await createConnection(world, smallConnection({ name: "Ältere Größen" }), actor);
      // As migration 11 makes it: the engine knows ASCII letters alone.
      const written = "\u00c4LTERE GR\u00f6\u00dfEN\nHTTPS://SHOP.EXAMPLE.COM/API";
      await world.mooring.db.write(actor.org as OrganisationId, (tx) =>
        tx.run(sql`update connections set search_text = ${written} where org_id = ${actor.org} and id = ${id}`),
      );
      for (const search of ["Ältere Größen", "ältere", "größen"]) expect((await summaries({ search })).map((one) => one.id)).toEqual([id]);
    });

    test("has pages that neither repeat nor skip, forth and back, in any order and with any filter", async () => {
      for (const asked of [
        { search: "o" },
        { search: "o", sort: "name:desc" },
        { protocol: "http", search: "find", sort: "createdAt:asc" },
        { health: "unused" },
      ]) {
        const all = await summaries({ ...asked, first: 100 });
        const forth: string[] = [];
        let page = (await world.must(actor, "ListConnectionSummaries", { query: { ...asked, first: 2 } })).body;
        for (;;) {
          expect(page.totalCount).toBe(all.length);
          forth.push(...page.items.map(({ id }) => id));
          if (page.next === undefined) break;
          page = (await world.must(actor, "ListConnectionSummaries", { query: { ...asked, first: 2, after: page.next } })).body;
        }
        expect(forth).toEqual(all.map(({ id }) => id));
        const { body: back } = await world.must(actor, "ListConnectionSummaries", {
          query: { ...asked, first: 2, before: page.prev ?? "" },
        });
        expect(back.items.map(({ id }) => id)).toEqual(forth.slice(0, -page.items.length).slice(-2));
      }
    });

    test("changes with the connection's name and address", async () => {
      const to = await createConnection(world, smallConnection({ name: "before" }), actor);
      const params = { connection_id: to.id };
      await world.must(actor, "UpdateConnection", { params, body: { ...to, name: "nachhér", baseUrl: "https://moved.example.com" } });
      for (const search of ["NACHHÉR", "moved"]) expect((await summaries({ search })).map(({ id }) => id)).toEqual([to.id]);
      expect(await summaries({ search: "before" })).toEqual([]);
    });

    test("shows a limited key what is within its limits, and another organisation nothing", async () => {
      const to = await createConnection(world, newConnection({ name: "limited" }));
      const [dev, other] = to.environments;
      const org = (await world.as("key")).org;
      for (const [index, one] of to.environments.entries()) {
        const place = { connectionId: to.id, environmentId: one.id, credentialIds: [] };
        const calls = Array.from({ length: index + 1 }, () => recordedCall({ id: world.newId(), place, status: index === 0 ? 200 : 500 }));
        await recordCalls(world.mooring.db, org, calls);
      }
      const all = await world.as("key");
      const one = await world.keyWith({ scopes: ["connections:read"], environments: [dev?.id as string] });
      const none = await world.keyWith({
        scopes: ["connections:read"],
        connections: [(await createConnection(world, smallConnection())).id],
      });
      const shown = { health: "ok", callsLastHour: 1, failuresLastHour: 0 };
      expect(await summaries({ search: "limited" }, all)).toMatchObject([{ health: "failing", callsLastHour: 3, failuresLastHour: 2 }]);
      expect(await summaries({ search: "limited", health: "ok" }, one)).toMatchObject([{ ...shown, environments: [{ id: dev?.id }] }]);
      expect(await summaries({ search: "limited" }, none)).toEqual([]);
      expect(await summaries({ search: "limited" })).toEqual([]);
      expect((await healthOf(to, one)).environments.map(({ id }) => id)).toEqual([dev?.id]);
      const params = { connection_id: to.id };
      expect((await world.send(none, "GetConnectionHealth", { params })).status).toBe(403);
      const asked = {
        from: new Date(world.clock.now().getTime() - 3_600_000).toISOString(),
        to: new Date(world.clock.now().getTime() + 60_000).toISOString(),
      };
      const totals = async (as: Actor, query: object = {}) =>
        (await world.must(as, "GetCallStatistics", { query: { ...asked, stepSeconds: 600, ...query } })).body.totals;
      expect(await totals(one)).toMatchObject({ calls: 1, failures: 0 });
      expect(await totals(all, { connection: to.id })).toMatchObject({ calls: 3, failures: 2 });
      expect(await totals(actor, { connection: to.id })).toEqual({ calls: 0, failures: 0 });
      const foreign = { query: { ...asked, stepSeconds: 600, environment: other?.id as string } };
      expect((await world.send(one, "GetCallStatistics", foreign)).status).toBe(403);
      const { body: listed } = await world.must(all, "ListCalls", { query: { environment: other?.id as string, first: 1 } });
      const call = { params: { call_id: at(listed.items, 0).id } };
      expect((await world.send(all, "GetCall", call)).body).toEqual(listed.items[0]);
      for (const refused of [one, none, actor]) expect((await world.send(refused, "GetCall", call)).status).toBe(404);
    });
  });
});

const addresses = { authorizeUrl: "https://id.example.com/authorize", tokenUrl: "https://id.example.com/token" };

/** A connection whose first environment has a grant that was signed in for, beside a key. */
async function signedIn(world: World, actor: Actor) {
  const application = await createCredential(world, "oauth2-client", actor);
  const scheme = authorizationCodeScheme(application.id);
  const action = [
    { authSchemeConfig: scheme, credential: credentialOf["oauth2-token"]() },
    { authSchemeConfig: apiKeyScheme, credential: credentialOf.string() },
  ];
  return smallConnection({ authSchemeConfigs: [scheme], environments: [{ name: "dev", credentials: { action }, variables: [] }] });
}

/** As after a renewal that went that way. */
async function trouble(
  world: World,
  { org }: Actor,
  to: HTTPConnection,
  { reason, needsPerson }: { reason: string | null; needsPerson: number },
): Promise<void> {
  const id = at(at(to.environments, 0).credentials.action, 0).credential.id;
  await world.mooring.db.write(org as OrganisationId, (tx) =>
    tx.run(sql`
      update credential_tokens
      set reason = ${reason}, needs_person = ${needsPerson}
      where org_id = ${org} and credential_id = ${id}
    `),
  );
}
