import type { AuthSchemeConfigInput, EnvironmentCreate } from "@mooring/contract";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import {
  apiKeyScheme,
  at,
  authorizationCodeScheme,
  basicAuthScheme,
  clientCredentialsScheme,
  createConnection,
  createCredential,
  credentialOf,
  hmacScheme,
  readConnection,
  smallConnection,
} from "../harness/samples.ts";
import { fieldsOf } from "../harness/scenarios.ts";
import { differenceOf, storedOf } from "../harness/stored.ts";
import { onEachEngine, type World } from "../harness/world.ts";

const keyIn = (place: "header" | "query" | "cookie", name: string): AuthSchemeConfigInput => ({ ...apiKeyScheme, in: place, name });
const signIn = (place: "header" | "query" | "cookie", name: string) => ({ ...hmacScheme, in: place, name }) as AuthSchemeConfigInput;

/** An environment that sends a new credential as each of `configs` says. */
const sending = (...configs: AuthSchemeConfigInput[]): EnvironmentCreate => ({
  name: "dev",
  credentials: { action: configs.map((authSchemeConfig) => ({ authSchemeConfig, credential: fitting(authSchemeConfig) })) },
  variables: [],
});

function fitting({ schemeType }: AuthSchemeConfigInput) {
  if (schemeType === "basic-auth") return credentialOf["basic-auth"]();
  return schemeType === "oauth2" ? credentialOf["oauth2-client"]() : credentialOf.string();
}

onEachEngine("two credentials of one environment", (world) => {
  const create = async (environment: EnvironmentCreate) =>
    world.send(await world.as("key"), "CreateHTTPConnection", { body: smallConnection({ environments: [environment] }) });

  describe("that write the same place are refused (400, on the second one's field):", () => {
    const same: { name: string; configs: AuthSchemeConfigInput[]; field: string }[] = [
      {
        name: "a header, whatever its case and with _ for -",
        configs: [keyIn("header", "X-Key"), keyIn("header", "x_KEY")],
        field: "name",
      },
      { name: "a query parameter", configs: [keyIn("query", "key"), keyIn("query", "key")], field: "name" },
      { name: "a cookie", configs: [keyIn("cookie", "sid"), keyIn("cookie", "sid")], field: "name" },
      { name: "a key and a signature", configs: [keyIn("query", "key"), signIn("query", "key")], field: "name" },
      { name: "two logins", configs: [basicAuthScheme, basicAuthScheme], field: "schemeType" },
      { name: "a login and a header Authorization", configs: [basicAuthScheme, keyIn("header", "authorization")], field: "name" },
      { name: "a header Authorization and a login", configs: [keyIn("header", "Authorization"), basicAuthScheme], field: "schemeType" },
      { name: "a login and a token", configs: [basicAuthScheme, clientCredentialsScheme], field: "schemeType" },
      {
        name: "a token and a signature in Authorization",
        configs: [clientCredentialsScheme, signIn("header", "Authorization")],
        field: "name",
      },
    ];
    test.each(same)("$name", async ({ configs, field }) => {
      const before = await storedOf(world.mooring.db, world.mooring.bootstrap.organisation);
      const answer = await create(sending(...configs));
      expect(answer.status, answer.text).toBe(400);
      expect(fieldsOf(answer)).toEqual([`environments[0].credentials.action[1].authSchemeConfig.${field}`]);
      expect(answer.error.fields?.[0]?.message).toContain("environments[0].credentials.action[0]");
      expect(differenceOf(before, await storedOf(world.mooring.db, world.mooring.bootstrap.organisation))).toEqual([]);
    });

    test("every one but the first of them is named", async () => {
      const answer = await create(sending(keyIn("query", "k"), basicAuthScheme, keyIn("query", "k"), basicAuthScheme, keyIn("query", "k")));
      expect(fieldsOf(answer)).toEqual(
        ["2].authSchemeConfig.name", "3].authSchemeConfig.schemeType", "4].authSchemeConfig.name"].map(
          (rest) => `environments[0].credentials.action[${rest}`,
        ),
      );
    });

    test("in an environment that an update adds", async () => {
      const connection = await createConnection(world, smallConnection());
      const { id, organisationId, name, protocol, baseUrl } = connection;
      const environments = [connection.environments[0], { ...sending(basicAuthScheme, basicAuthScheme), name: "new" }];
      const answer = await world.send(await world.as("key"), "UpdateConnection", {
        params: { connection_id: id },
        body: { id, organisationId, name, protocol, baseUrl, environments },
      });
      expect(answer.status).toBe(400);
      expect(fieldsOf(answer)).toEqual(["environments[1].credentials.action[1].authSchemeConfig.schemeType"]);
    });
  });

  describe("that write places of their own are taken:", () => {
    test.each([
      { name: "one name in header, query and cookie", configs: (["header", "query", "cookie"] as const).map((place) => keyIn(place, "K")) },
      { name: "query parameters of another case", configs: [keyIn("query", "key"), keyIn("query", "Key")] },
      { name: "a header Cookie and a cookie, which are joined", configs: [keyIn("header", "Cookie"), keyIn("cookie", "sid")] },
    ])("$name", async ({ configs }) => {
      const answer = await create(sending(...configs));
      expect(answer.status, answer.text).toBe(201);
    });

    test("what checks incoming calls overwrites nothing", async () => {
      const { action = [] } = sending(hmacScheme, hmacScheme).credentials;
      expect((await create({ name: "dev", credentials: { trigger: action }, variables: [] })).status).toBe(201);
    });
  });

  describe("when an environment is updated", () => {
    test.each(["UpdateEnvironment", "UpdateConnection"] as const)("a change that makes them overlap is refused: %s", async (operation) => {
      const connection = await createConnection(world, smallConnection({ environments: [sending(keyIn("query", "k"), basicAuthScheme)] }));
      const { action } = at(connection.environments, 0).credentials;
      const moved = [{ ...action[0], authSchemeConfig: keyIn("header", "Authorization") }, action[1]];
      const answer = await put(world, operation, connection, moved);
      expect(answer.status, answer.text).toBe(400);
      const prefix = operation === "UpdateConnection" ? "environments[0]." : "";
      expect(fieldsOf(answer)).toEqual([`${prefix}credentials.action[1].authSchemeConfig.schemeType`]);
    });

    test("an overlap older than the rule may be sent back, reordered and resolved, but not joined by a third", async () => {
      const configs = [keyIn("query", "a"), keyIn("query", "b"), keyIn("query", "c")];
      const connection = await createConnection(world, smallConnection({ environments: [sending(...configs)] }));
      await rewrite(world, '"b"', '"a"', at(at(connection.environments, 0).credentials.action, 1).id);
      const stored = await readConnection(world, connection.id);
      const { action } = at(stored.environments, 0).credentials;
      expect(action.map(({ authSchemeConfig }) => "name" in authSchemeConfig && authSchemeConfig.name)).toEqual(["a", "a", "c"]);

      for (const operation of ["UpdateEnvironment", "UpdateConnection"] as const) {
        expect((await put(world, operation, stored, action)).status).toBe(200);
        expect((await put(world, operation, stored, action.toReversed())).status).toBe(200);
        const joined = await put(world, operation, stored, [
          ...action.slice(0, 2),
          { ...action[2], authSchemeConfig: keyIn("query", "a") },
        ]);
        expect(joined.status).toBe(400);
        expect(fieldsOf(joined)).toEqual([expect.stringMatching(/credentials\.action\[2\]\.authSchemeConfig\.name$/)]);
      }
      const resolved = await put(world, "UpdateEnvironment", stored, [
        action[0],
        { ...action[1], authSchemeConfig: keyIn("query", "b") },
        action[2],
      ]);
      expect(resolved.status).toBe(200);
    });

    test("a person's sign-in and a login overlap too", async () => {
      const application = await createCredential(world, "oauth2-client");
      const answer = await create({
        name: "dev",
        credentials: {
          action: [
            { authSchemeConfig: basicAuthScheme, credential: credentialOf["basic-auth"]() },
            { authSchemeConfig: authorizationCodeScheme(application.id), credential: credentialOf["oauth2-token"]() },
          ],
        },
        variables: [],
      });
      expect(fieldsOf(answer)).toEqual(["environments[0].credentials.action[1].authSchemeConfig.schemeType"]);
    });
  });

  describe("a signature for calls with sha1 is refused (400)", () => {
    const weak = { ...hmacScheme, algorithm: "sha1" } as AuthSchemeConfigInput;

    test("when it is new", async () => {
      expect(fieldsOf(await create(sending(weak)))).toEqual(["environments[0].credentials.action[0].authSchemeConfig.algorithm"]);
    });

    test("when one is changed to it, and one older than the rule may be sent back", async () => {
      const connection = await createConnection(world, smallConnection({ environments: [sending(hmacScheme)] }));
      const { action } = at(connection.environments, 0).credentials;
      for (const operation of ["UpdateEnvironment", "UpdateConnection"] as const) {
        const answer = await put(world, operation, connection, [{ ...action[0], authSchemeConfig: weak }]);
        expect(answer.status, answer.text).toBe(400);
        expect(fieldsOf(answer)).toEqual([expect.stringMatching(/credentials\.action\[0\]\.authSchemeConfig\.algorithm$/)]);
      }
      await rewrite(world, "sha256", "sha1", at(action, 0).id);
      const stored = await readConnection(world, connection.id);
      const answer = await put(world, "UpdateEnvironment", stored, at(stored.environments, 0).credentials.action);
      expect(answer.status, answer.text).toBe(200);
    });
  });
});

/** Sends the first environment with this list of credentials for calls, on its own or within its connection. */
async function put(
  world: World,
  operation: "UpdateEnvironment" | "UpdateConnection",
  connection: Awaited<ReturnType<typeof createConnection>>,
  action: readonly unknown[],
) {
  const { id, name } = at(connection.environments, 0);
  const environment = { id, name, credentials: { action } };
  const { id: connection_id, organisationId, name: title, protocol, baseUrl } = connection;
  const body = { id: connection_id, organisationId, name: title, protocol, baseUrl, environments: [environment] };
  return operation === "UpdateEnvironment"
    ? world.send(await world.as("key"), operation, { params: { connection_id, environment_id: id }, body: environment })
    : world.send(await world.as("key"), operation, { params: { connection_id }, body });
}

/** Changes a stored config as no request could any more. */
async function rewrite(world: World, from: string, to: string, link: string): Promise<void> {
  const org = world.mooring.bootstrap.organisation as OrganisationId;
  await world.mooring.db.write(org, (tx) =>
    tx.run(sql`update environment_credentials set config = replace(config, ${from}, ${to}) where org_id = ${org} and id = ${link}`),
  );
}
