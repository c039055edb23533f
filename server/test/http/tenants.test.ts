import { scopes } from "@mooring/contract";
import fc from "fast-check";
import { type RawBuilder, sql } from "kysely";
import pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import type { OrganisationId, UserId } from "../../src/kernel/ids.ts";
import type { Database, Reach } from "../../src/store/database.ts";
import type { Actor } from "../harness/actors.ts";
import { draftWith, newAction, newTrigger, ref } from "../harness/content.ts";
import { arrive, haltDestination } from "../harness/events.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { recordCalls, recordedCall } from "../harness/recorded-calls.ts";
import {
  apiKeyScheme,
  at,
  authorizationCodeScheme,
  createConnection,
  createCredential,
  createSubscription,
  credentialOf,
  newConnection,
  readConnection,
  smallConnection,
} from "../harness/samples.ts";
import { begin, signInConnection } from "../harness/sign-in.ts";
import { organisationTables } from "../harness/stored.ts";
import { onEachEngine, type World } from "../harness/world.ts";

/** Something in every table, for the organisation of `actor`. */
async function fill(world: World, actor: Actor): Promise<void> {
  const connection = await createConnection(world, newConnection(), actor);
  const application = await createCredential(world, "oauth2-client", actor);
  await createConnection(world, smallConnection({ authSchemeConfigs: [authorizationCodeScheme(application.id)] }), actor);
  await createCredential(world, "oauth2-token", actor);
  const replaced = await createCredential(world, "string", actor);
  const update = { ...replaced, data: credentialOf.string().data, previousValidSeconds: 600 } as never;
  await world.must(actor, "UpdateCredential", { params: { credential_id: replaced.id }, body: update });
  await begin(world, await signInConnection(world, { tokenUrl: "https://id.example.com/token" }, actor), actor);
  const { id } = await createSubscription(world, connection.id, { destination: { url: "https://8.8.8.8/" } }, actor);
  await haltDestination(world.mooring.db, actor.org, id);
  await arrive(world.mooring.db, actor.org, connection.id);
  const { params } = await draftWith(world, { A: {}, B: ref("A") }, actor);
  await world.must(actor, "CreateAction", { params, body: newAction() });
  await world.must(actor, "CreateTrigger", { params, body: newTrigger() });
  await replaceForATime(world, actor);
  const place = { connection_id: connection.id, environment_id: at(connection.environments, 0).id, trigger_name: "orderPaid" };
  await world.must(actor, "CreateTrigger", { params: { connection_id: connection.id, version: "1" }, body: newTrigger() });
  const { body: address } = await world.must(actor, "RotateTriggerAddress", { params: place, body: { version: "1" } });
  world.shownOnce.push(at(address.short, 0).url.split("/t/")[1] ?? "");
  const file = { filename: "a.json", content_type: "application/json", content_length: 2 };
  const { body: upload } = await world.must(actor, "GetProtocolUploadURL", { params: { protocol_slug: "http" }, query: file });
  world.shownOnce.push(upload.uploadUrl.split("/").at(-1) ?? "");
  await world.raw(upload.uploadUrl, { method: "PUT", body: "{}", headers: { "content-type": file.content_type } });
  const { body: invitation } = await world.must(actor, "CreateInvitation", {
    body: { email: `${world.newId().toLowerCase()}@example.com`, role: "viewer" },
  });
  world.shownOnce.push(new URL(invitation.url).hash.replace("#token=", ""));
  await world.must(actor, "CreateCredential", { body: credentialOf.string(), headers: { "idempotency-key": "filled" } });
  const { body: key } = await world.must(actor, "CreateApiKey", { body: { name: "one", scopes: [...scopes] } });
  world.shownOnce.push(key.key);
  await recordCalls(world.mooring.db, actor.org, [recordedCall({ id: world.newId() })]);
}

/** A secret that is good for a while beside the one that replaced it. */
async function replaceForATime(world: World, actor: Actor): Promise<void> {
  const { id } = await createCredential(world, "string", actor);
  const body = { id, ...credentialOf.string(), previousValidSeconds: 3600 };
  await world.must(actor, "UpdateCredential", { params: { credential_id: id }, body });
}

/** Which tables hold something that is past its time, whoever's it is, when everything is. */
const past: readonly (readonly [Reach, readonly string[]])[] = [
  [{ callsBefore: "Z" }, ["call_blocks"]],
  [{ uploadsBefore: "Z" }, ["uploads"]],
  [{ eventsBefore: "Z" }, ["events"]],
  [{ expiredBefore: "Z" }, ["call_places", "credential_predecessors"]],
  [{ work: "deliveries" }, ["deliveries", "destinations"]],
];

const ownerColumn = (table: string) => (table === "organisations" ? "id" : "org_id");

onEachEngine(
  "row-level security (T-1)",
  (world) => {
    let db: Database;
    let orgs: [string, string];
    beforeAll(async () => {
      db = world.mooring.db;
      const [key, stranger] = [await world.as("key"), await world.as("strangerKey")];
      for (const actor of [key, stranger]) await fill(world, actor);
      orgs = [key.org, stranger.org];
    });

    const asSuperuser = async <Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> => {
      const client = new pg.Client({ connectionString: world.place.url });
      await client.connect();
      const { rows } = await client.query<Row>(statement);
      await client.end();
      return rows;
    };
    const owners = async (table: string, reach: Reach): Promise<string[]> => {
      const rows = await db.read(reach, (tx) =>
        tx.all(sql<{ org: string }>`select distinct ${sql.ref(ownerColumn(table))} as org from ${sql.table(table)}`),
      );
      return rows.map(({ org }) => org).sort();
    };

    test("the program works as a role that owns nothing and cannot step around it", async () => {
      const role = await db.read(orgs[0] as OrganisationId, (tx) =>
        tx.first(
          sql`select current_user as name, rolsuper, rolbypassrls, rolcreaterole, rolcanlogin from pg_roles where rolname = current_user`,
        ),
      );
      expect(role).toEqual({ name: "mooring_app", rolsuper: false, rolbypassrls: false, rolcreaterole: false, rolcanlogin: false });
      const rows = await asSuperuser("select tablename from pg_tables where schemaname = 'public' and tableowner = 'mooring_app'");
      expect(rows).toEqual([]);
    });

    test("every table that belongs to organisations is under it, with force, and every other is known not to", async () => {
      const rows = await asSuperuser<{ name: string; enabled: boolean; forced: boolean }>(
        "select relname as name, relrowsecurity as enabled, relforcerowsecurity as forced from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')",
      );
      expect(
        rows
          .filter(({ enabled, forced }) => enabled && forced)
          .map(({ name }) => name)
          .sort(),
      ).toEqual([...organisationTables].sort());
      const without = rows.filter(({ enabled, forced }) => !enabled || !forced).map(({ name }) => name);
      // People and where they are signed in belong to no organisation.
      expect(without.sort()).toEqual(["accounts", "migrations", "rate_limits", "sessions", "settings", "users", "verifications"]);
    });

    describe.each(organisationTables)("%s", (table) => {
      test("holds rows of both organisations, so that what follows means something", async () => {
        const rows = await asSuperuser<{ org: string }>(`select distinct ${ownerColumn(table)} as org from ${table}`);
        expect(rows.map(({ org }) => org)).toEqual(expect.arrayContaining(orgs));
      });

      test("a query without its filter gives one organisation's rows, and without a claim none", async () => {
        for (const org of orgs) expect(await owners(table, org as OrganisationId)).toEqual([org]);
        expect(await owners(table, { user: "nobody" as UserId })).toEqual([]);
        expect(await owners(table, { keyHash: "none" })).toEqual([]);
        expect(await owners(table, { invitationHash: "none" })).toEqual([]);
        expect(await owners(table, { callsBefore: "0" })).toEqual([]);
        expect(await owners(table, { triggerTokenHash: "none" })).toEqual([]);
        // What retention sees when everything is past its time, and who delivers of what waits: that, and nothing else.
        for (const [reach, seen] of past) expect(await owners(table, reach)).toEqual(seen.includes(table) ? [...orgs].sort() : []);
        expect(await owners(table, world.newId() as OrganisationId)).toEqual([]);
      });

      test("a change without its filter reaches no other organisation, and no row can be given away", async () => {
        const [own, other] = orgs;
        const [rows, owner] = [sql.table(table), sql.ref(ownerColumn(table))];
        const write = (statement: RawBuilder<unknown>) => db.write(own as OrganisationId, (tx) => tx.run(statement));
        for (const statement of [
          sql`delete from ${rows} where ${owner} = ${other}`,
          sql`update ${rows} set ${owner} = ${own} where ${owner} = ${other}`,
        ]) {
          // The audit trail takes no change at all.
          if (table === "audit") await expect(write(statement)).rejects.toThrow(/permission denied/);
          else expect(await write(statement)).toBe(0);
        }
        const given = write(sql`update ${rows} set ${owner} = ${other} where ${owner} = ${own}`);
        await expect(given).rejects.toThrow(/row-level security|permission denied|foreign key/);
      });
    });

    test("a claim ends with its transaction, on whichever connection of the pool", async () => {
      const claims = () =>
        Promise.all(
          Array.from({ length: 30 }, (_, index) =>
            index % 2 === 0
              ? db.read(orgs[0] as OrganisationId, (tx) => tx.all(sql`select 1`)).then(() => "")
              : db
                  .read({ keyHash: "x" }, (tx) => tx.first(sql<{ org: string | null }>`select current_setting('mooring.org', true) as org`))
                  .then((row) => row?.org ?? ""),
          ),
        );
      expect(new Set([...(await claims()), ...(await claims())])).toEqual(new Set([""]));
    });
  },
  { only: ["postgres"] },
);

/** One step of one of three organisations; `pick` chooses among everything that any of them has. */
interface Step {
  readonly who: number;
  readonly what: keyof typeof moves;
  readonly pick: number;
}

interface Owned {
  readonly id: string;
  readonly who: number;
  readonly connection?: string;
}

/** What the three have, and whose every id is. */
interface Model {
  readonly connections: Owned[];
  readonly credentials: Owned[];
  readonly environments: Owned[];
  readonly ownerOf: Map<string, number>;
}

interface Move {
  readonly world: World;
  readonly model: Model;
  readonly actor: Actor;
  readonly who: number;
  readonly pick: number;
}

const chosen = (all: readonly Owned[], pick: number) => (all.length === 0 ? undefined : all[pick % all.length]);
const expected = (isOwn: boolean, own: number, foreign: number) => (isOwn ? own : foreign);

/** Each sends one request that names something of anybody's, says what must come of it, and returns what was answered. */
const moves = {
  async createCredential({ world, model, actor, who }: Move) {
    const { body, text } = await world.must(actor, "CreateCredential", { body: credentialOf.string() });
    model.credentials.push({ id: body.id, who });
    return text;
  },
  async createConnection({ world, model, actor, who, pick }: Move) {
    const credential = chosen(model.credentials, pick);
    const action = credential ? [{ authSchemeConfig: apiKeyScheme, credential: { id: credential.id } }] : [];
    const environments = [{ name: "dev", credentials: { action }, variables: [] }];
    const { status, body, text } = await world.send(actor, "CreateHTTPConnection", { body: smallConnection({ environments }) });
    expect(status, text).toBe(expected(!credential || credential.who === who, 201, 400));
    if (status !== 201) return text;
    model.connections.push({ id: body.id, who });
    for (const { id } of body.environments) model.environments.push({ id, who, connection: body.id });
    return text;
  },
  async linkInUpdate({ world, model, actor, who, pick }: Move) {
    const [connection, credential] = [
      chosen(
        model.connections.filter((one) => one.who === who),
        pick,
      ),
      chosen(model.credentials, pick),
    ];
    if (!connection || !credential) return "";
    const before = await readConnection(world, connection.id, actor);
    const added = {
      name: `n${world.newId()}`,
      credentials: { action: [{ authSchemeConfig: apiKeyScheme, credential: { id: credential.id } }] },
      variables: [],
    };
    const sent = { params: { connection_id: connection.id }, body: { ...before, environments: [...before.environments, added] } };
    const { status, body, text } = await world.send(actor, "UpdateConnection", sent);
    expect(status, text).toBe(expected(credential.who === who, 200, 400));
    if (status === 200) model.environments.push({ id: body.environments.at(-1)?.id ?? "", who, connection: connection.id });
    return text;
  },
  async adoptEnvironment({ world, model, actor, who, pick }: Move) {
    const [connection, environment] = [
      chosen(
        model.connections.filter((one) => one.who === who),
        pick,
      ),
      chosen(model.environments, pick),
    ];
    if (!connection || !environment) return "";
    const before = await readConnection(world, connection.id, actor);
    const isThere = before.environments.some(({ id }) => id === environment.id);
    const environments = isThere ? before.environments : [...before.environments, { id: environment.id, name: "adopted" }];
    const { status, text } = await world.send(actor, "UpdateConnection", {
      params: { connection_id: connection.id },
      body: { ...before, environments },
    });
    expect(status, text).toBe(expected(isThere, 200, 400));
    return text;
  },
  async readConnection({ world, model, actor, who, pick }: Move) {
    const connection = chosen(model.connections, pick);
    if (!connection) return "";
    const { status, text } = await world.send(actor, "GetConnection", { params: { connection_id: connection.id } });
    expect(status, text).toBe(expected(connection.who === who, 200, 404));
    return text;
  },
  async readCredential({ world, model, actor, who, pick }: Move) {
    const credential = chosen(model.credentials, pick);
    if (!credential) return "";
    const { status, text } = await world.send(actor, "GetCredential", { params: { credential_id: credential.id } });
    expect(status, text).toBe(expected(credential.who === who, 200, 404));
    return text;
  },
  async renameEnvironment({ world, model, actor, who, pick }: Move) {
    const environment = chosen(model.environments, pick);
    if (!environment) return "";
    const params = { connection_id: environment.connection ?? "", environment_id: environment.id };
    const { status, text } = await world.send(actor, "UpdateEnvironment", {
      params,
      body: { id: environment.id, name: `r${world.newId()}` },
    });
    expect(status, text).toBe(expected(environment.who === who, 200, 404));
    return text;
  },
  async replaceSecret({ world, model, actor, who, pick }: Move) {
    const credential = chosen(model.credentials, pick);
    if (!credential) return "";
    const sent = { params: { credential_id: credential.id }, body: { id: credential.id, ...credentialOf.string() } };
    const { status, text } = await world.send(actor, "UpdateCredential", sent);
    expect(status, text).toBe(expected(credential.who === who, 200, 404));
    return text;
  },
  async limitKey({ world, model, actor, who, pick }: Move) {
    const connection = chosen(model.connections, pick);
    if (!connection) return "";
    const { status, body, text } = await world.send(actor, "CreateApiKey", {
      body: { name: "k", scopes: ["gateway:call"], connections: [connection.id] },
    });
    expect(status, text).toBe(expected(connection.who === who, 201, 400));
    if (status === 201) world.shownOnce.push(body.key);
    return text;
  },
  async deleteConnection({ world, model, actor, who, pick }: Move) {
    const connection = chosen(model.connections, pick);
    if (!connection) return "";
    const { status, text } = await world.send(actor, "DeleteConnection", { params: { connection_id: connection.id } });
    expect(status, text).toBe(expected(connection.who === who, 204, 404));
    if (status === 204) {
      model.connections.splice(model.connections.indexOf(connection), 1);
      for (const one of model.environments.filter((environment) => environment.connection === connection.id))
        model.environments.splice(model.environments.indexOf(one), 1);
    }
    return text;
  },
  async list({ world, actor, pick }: Move) {
    const operation =
      (["ListConnections", "ListCredentials", "ListAudit", "ListApiKeys", "ListCalls"] as const)[pick % 5] ?? "ListConnections";
    return (await world.must(actor, operation, { query: { first: 100 } })).text;
  },
};

onEachEngine("three organisations side by side (T-2)", (world) => {
  test("no sequence of requests reads or uses what is another's", { timeout: propertyTimeoutMs }, async () => {
    const owner = await world.as("owner");
    const { body: third } = await world.must(owner, "CreateOrganisation", { body: { name: "Third" } });
    const actors = [await world.as("key"), await world.as("strangerKey"), { ...owner, org: third.id }];
    const model: Model = { connections: [], credentials: [], environments: [], ownerOf: new Map() };
    const step: fc.Arbitrary<Step> = fc.record({
      who: fc.nat(2),
      what: fc.constantFrom(...(Object.keys(moves) as (keyof typeof moves)[])),
      pick: fc.nat(1000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        for (const { who, what, pick } of steps) {
          const actor = actors[who] as Actor;
          const answer = await moves[what]({ world, model, actor, who, pick });
          if (!answer.startsWith('{"code"')) attribute(model, who, answer);
        }
      }),
      // What one sequence made is there for the next: shrinking would run on something else.
      { numRuns: trials({ change: 100, long: 5000 }), endOnFailure: true },
    );
    expect(model.ownerOf.size).toBeGreaterThan(100);
  });
});

/** Every id in an answer is its reader's, once and for ever: who sees it first owns it. */
function attribute(model: Model, who: number, answer: string): void {
  for (const [id] of answer.matchAll(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g)) {
    const owner = model.ownerOf.get(id) ?? who;
    expect(owner, `${id} is shown to organisation ${who}`).toBe(who);
    model.ownerOf.set(id, owner);
  }
}
