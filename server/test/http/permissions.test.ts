import { type OperationId, operations, scopes } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import { type Actor, cast } from "../harness/actors.ts";
import { besideBigQuery } from "../harness/bigquery-world.ts";
import {
  apiKeyScheme,
  at,
  authorizationCodeScheme,
  createConnection,
  createCredential,
  newConnection,
  newEnvironment,
  readConnection,
  smallConnection,
} from "../harness/samples.ts";
import { loopback, onEachEngine, type World } from "../harness/world.ts";
import { fiveScenarios } from "./operations/all.ts";
import { permissions } from "./permissions.ts";

test("every operation says who may call it (A-5)", () => {
  const known = [...scopes, "member", "signed-in", "public"];
  for (const [id, { access }] of Object.entries(operations)) expect(known, id).toContain(access);
  expect(Object.keys(permissions).sort()).toEqual(Object.keys(operations).sort());
});

// Who may is decided before the database is asked for anything but who calls, so one engine tells it.
onEachEngine(
  "who may do what",
  (world) => {
    describe("every role and key at every operation is as reviewed (A-5)", () => {
      // Accepting an invitation makes members of strangers, so it comes last.
      const others = (Object.keys(operations) as OperationId[]).filter((id) => id !== "AcceptInvitation");
      test.each([...others, "AcceptInvitation" as const])("%s", async (id) => {
        const { letIn, hiddenFrom } = await tableOf(world, id);
        expect(letIn.join(" ")).toBe(permissions[id]);
        const isOrganisations = operations[id].path.includes("{organisation_id}") && operations[id].access !== "public";
        expect(hiddenFrom).toEqual(isOrganisations ? ["stranger", "strangerKey"] : []);
      });
    });

    limitedKeys(world);
  },
  { only: ["sqlite"], settings: loopback, beside: besideBigQuery },
);

/** Who is let in, and who is answered that there is no such thing. Everybody else gets 403, `nobody` 401. */
async function tableOf(world: World, id: OperationId): Promise<{ letIn: string[]; hiddenFrom: string[] }> {
  const letIn: string[] = [];
  const hiddenFrom: string[] = [];
  let prepared = await fiveScenarios[id].prepare(world);
  for (const name of cast) {
    const actor = await world.as(name);
    const inFirst = { ...prepared.happy, params: { organisation_id: (await world.as("key")).org, ...prepared.happy.params } };
    const answer = await world.send(actor, id, inFirst);
    shown(world, answer.text);
    if (answer.status === 404) hiddenFrom.push(name);
    else if (answer.status === 401) expect(name).toBe("nobody");
    else if (answer.status !== 403) {
      // Whoever is a member already is let in, and told so.
      const isWelcome = answer.status === operations[id].success.status || answer.error.code === "conflict";
      expect(isWelcome, `${name}: ${answer.text}`).toBe(true);
      letIn.push(name);
      prepared = await fiveScenarios[id].prepare(world);
    }
  }
  return { letIn, hiddenFrom };
}

function shown(world: World, text: string): void {
  const { key, url } = (text.startsWith("{") ? JSON.parse(text) : {}) as { key?: string; url?: string };
  world.shownOnce.push(key ?? "", url === undefined ? "" : new URL(url).hash.replace("#token=", ""));
}

function limitedKeys(world: World): void {
  const everything = { scopes: [...scopes] };
  const limited = async (limit: "connections" | "environments") => {
    const connection = await createConnection(world);
    const other = await createConnection(world, smallConnection());
    const [dev, test] = [at(connection.environments, 0), at(connection.environments, 1)];
    const key = await world.keyWith({
      ...everything,
      ...(limit === "connections" ? { connections: [connection.id] } : { environments: [dev.id] }),
    });
    return { key, connection, other, dev, test };
  };
  const status = async (key: Actor, id: OperationId, sent: object = {}) => (await world.send(key, id, sent)).status;

  describe("a key that is limited to a connection", () => {
    test("sees that one alone", async () => {
      const { key, connection, other } = await limited("connections");
      const { body } = await world.must(key, "ListConnections");
      expect(body).toMatchObject({ totalCount: 1, connections: [{ id: connection.id }] });
      expect(await status(key, "GetConnection", { params: { connection_id: connection.id } })).toBe(200);
      for (const id of ["GetConnection", "ListConnectionEnvironments", "ListConnectionVersions", "DeleteConnection"] as const) {
        expect(await status(key, id, { params: { connection_id: other.id } }), id).toBe(403);
      }
      expect(await status(key, "GetConnectionVersion", { params: { connection_id: other.id, version: "1" } })).toBe(403);
      expect(await status(key, "GetEnvironment", { params: { connection_id: other.id, environment_id: "dev" } })).toBe(403);
    });

    test("does nothing that concerns the whole organisation", async () => {
      const { key } = await limited("connections");
      for (const id of wholeOrganisation) {
        const { happy } = await fiveScenarios[id].prepare(world);
        expect(await status(key, id, happy), id).toBe(403);
      }
    });

    test("changes that one", async () => {
      const { key, connection } = await limited("connections");
      const params = { connection_id: connection.id };
      expect(await status(key, "UpdateConnection", { params, body: { ...connection, name: "mine" } })).toBe(200);
      expect(await status(key, "DeleteConnection", { params })).toBe(204);
    });

    test("cannot make a key that reaches further", async () => {
      const { key, other } = await limited("connections");
      expect(await status(key, "CreateApiKey", { body: { name: "wider", ...everything } })).toBe(403);
      expect(await status(key, "CreateApiKey", { body: { name: "other", ...everything, connections: [other.id] } })).toBe(403);
    });
  });

  describe("a key that is limited to an environment", () => {
    test("sees that one alone", async () => {
      const { key, connection, dev, test } = await limited("environments");
      const params = { connection_id: connection.id };
      expect((await world.must(key, "ListConnectionEnvironments", { params })).body).toMatchObject({
        totalCount: 1,
        items: [{ id: dev.id }],
      });
      expect(await status(key, "GetEnvironment", { params: { ...params, environment_id: dev.id } })).toBe(200);
      for (const environment_id of [test.id, test.name]) {
        for (const id of ["GetEnvironment", "DeleteEnvironment"] as const)
          expect(await status(key, id, { params: { ...params, environment_id } })).toBe(403);
        expect(await status(key, "UpdateEnvironment", { params: { ...params, environment_id }, body: test })).toBe(403);
      }
    });

    test("sees nothing of the others through the connection", async () => {
      const { key, connection, test } = await limited("environments");
      const read = await world.send(key, "GetConnection", { params: { connection_id: connection.id } });
      expect(read.text).not.toContain(test.id);
      const listed = await world.send(key, "ListConnections");
      expect(listed.text).not.toContain(test.id);
    });

    test("sees no other connection, and changes no version, which all environments share", async () => {
      const { key, connection, other } = await limited("environments");
      expect((await world.must(key, "ListConnections")).body).toMatchObject({
        totalCount: 1,
        connections: [{ id: connection.id, environments: [{ name: "dev" }] }],
      });
      for (const id of ["GetConnection", "ListConnectionEnvironments", "ListConnectionVersions"] as const) {
        expect(await status(key, id, { params: { connection_id: other.id } }), id).toBe(403);
      }
      const params = { connection_id: connection.id };
      expect(await status(key, "CreateConnectionVersion", { params, body: { name: "2" } })).toBe(403);
      expect(await status(key, "PublishConnection", { params: { ...params, version: "1" } })).toBe(403);
      expect(await status(key, "GetConnectionVersion", { params: { ...params, version: "1" } })).toBe(200);
    });

    test("changes that one, and no connection", async () => {
      const { key, connection, dev } = await limited("environments");
      const params = { connection_id: connection.id };
      expect(
        await status(key, "UpdateEnvironment", { params: { ...params, environment_id: dev.id }, body: { ...dev, name: "mine" } }),
      ).toBe(200);
      const before = await readConnection(world, connection.id);
      expect(await status(key, "UpdateConnection", { params, body: connection })).toBe(403);
      expect(await status(key, "DeleteConnection", { params })).toBe(403);
      expect(await readConnection(world, connection.id)).toEqual(before);
    });

    test("does nothing that concerns the whole organisation", async () => {
      const { key } = await limited("environments");
      for (const id of wholeOrganisation) {
        const { happy } = await fiveScenarios[id].prepare(world);
        expect(await status(key, id, happy), id).toBe(403);
      }
    });
  });

  describe("nobody gives more than they have", () => {
    test("a key makes no key with a scope that it lacks", async () => {
      const adminKey = await world.as("adminKey");
      expect(await status(adminKey, "CreateApiKey", { body: { name: "more", scopes: ["gateway:call"] } })).toBe(403);
      const { body } = await world.must(adminKey, "CreateApiKey", { body: { name: "same", scopes: ["organisation:admin"] } });
      world.shownOnce.push(body.key);
    });

    test("an admin makes no owner and unmakes none", async () => {
      const admin = await world.as("admin");
      const owner = await world.member("owner");
      const viewer = await world.member("viewer");
      expect(await status(admin, "UpdateMember", { params: { user_id: viewer }, body: { role: "owner" } })).toBe(403);
      expect(await status(admin, "UpdateMember", { params: { user_id: owner }, body: { role: "viewer" } })).toBe(403);
      expect(await status(admin, "RemoveMember", { params: { user_id: owner } })).toBe(403);
      expect(await status(admin, "CreateInvitation", { body: { email: "boss@example.com", role: "owner" } })).toBe(403);
    });

    test("a developer creates no production environment with secrets", async () => {
      const developer = await world.as("developer");
      const { environments } = newConnection();
      const named = (name: string) => ({ body: newConnection({ environments: [{ ...at(environments, 0), name }] }) });
      for (const name of ["prod", "Production", "shop-live", "EU prod 2"])
        expect(await status(developer, "CreateHTTPConnection", named(name)), name).toBe(403);
      for (const name of ["dev", "product test", "reproduction"])
        expect(await status(developer, "CreateHTTPConnection", named(name)), name).toBe(201);
    });

    test("a developer borrows no secret of production for an environment of their own, linked, as an application or in an update", async () => {
      const developer = await world.as("developer");
      const shared = await createCredential(world);
      const application = await createCredential(world, "oauth2-client");
      const production = newEnvironment("prod");
      const linking = (credential: { id: string }, name: string) => ({
        ...production,
        name,
        credentials: { action: [{ authSchemeConfig: apiKeyScheme, credential }] },
      });
      await createConnection(
        world,
        newConnection({
          environments: [linking({ id: shared.id }, "prod")],
          authSchemeConfigs: [authorizationCodeScheme(application.id)],
        }),
      );
      const own = await createConnection(world, newConnection({ environments: [newEnvironment("dev")], authSchemeConfigs: [] }), developer);
      const create = (body: object) => status(developer, "CreateHTTPConnection", { body: newConnection(body) });
      expect(await create({ environments: [linking({ id: shared.id }, "dev")] })).toBe(403);
      expect(await create({ authSchemeConfigs: [authorizationCodeScheme(application.id)] })).toBe(403);
      const put = { ...own, environments: [...own.environments, linking({ id: shared.id }, "test")] };
      expect(await status(developer, "UpdateConnection", { params: { connection_id: own.id }, body: put })).toBe(403);
    });
  });
}

/** What reaches beyond any one connection. */
const wholeOrganisation = [
  "CreateHTTPConnection",
  "CreateBigQueryConnection",
  "ImportHTTPConnection",
  "CreateCredential",
  "ListCredentials",
  "GetCredential",
  "UpdateCredential",
  "DeleteCredential",
  "UpdateOrganisation",
  "UpdateMember",
  "RemoveMember",
  "ListInvitations",
  "CreateInvitation",
  "DeleteInvitation",
  "ListApiKeys",
  "CreateApiKey",
  "GetApiKey",
  "DeleteApiKey",
  "ListAudit",
] as const satisfies readonly OperationId[];
