import type { EnvironmentCreate } from "@mooring/contract";
import { expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import {
  apiKeyScheme,
  at,
  createConnection,
  type HTTPConnection,
  newConnection,
  newEnvironment,
  smallConnection,
} from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

const scopes = ["connections:read", "connections:write", "secrets:write", "gateway:call"] as const;
const elsewhere = "https://elsewhere.example.com";
const using = (name: string, id: string): EnvironmentCreate => ({
  name,
  credentials: { action: [{ authSchemeConfig: apiKeyScheme, credential: { id } }] },
  variables: [],
});
const secretOf = ({ environments }: HTTPConnection) => at(at(environments, 0).credentials.action, 0).credential.id;
const withoutLinks = (environment: HTTPConnection["environments"][number]) => ({
  ...environment,
  credentials: { action: [], trigger: [] },
});

onEachEngine("rights to secrets (V-8)", (world) => {
  const production = async () =>
    createConnection(world, newConnection({ environments: [newEnvironment("production"), newEnvironment("dev")] }));
  const status = async (actor: Actor, ...[operation, sent]: [Parameters<typeof world.send>[1], object]) =>
    (await world.send(actor, operation, sent)).status;

  test("a developer frees no secret from production, in none of the ways there are, because it could then be linked anywhere", async () => {
    const connection = await production();
    const [environment, dev] = [at(connection.environments, 0), at(connection.environments, 1)];
    const developer = await world.as("developer");
    const params = { connection_id: connection.id };
    const there = { ...params, environment_id: environment.id };
    expect(await status(developer, "UpdateEnvironment", { params: there, body: withoutLinks(environment) })).toBe(403);
    expect(await status(developer, "DeleteEnvironment", { params: there })).toBe(403);
    expect(await status(developer, "UpdateConnection", { params, body: { ...connection, environments: [dev] } })).toBe(403);
    const emptied = { ...connection, environments: [withoutLinks(environment), dev] };
    expect(await status(developer, "UpdateConnection", { params, body: emptied })).toBe(403);
    expect(await status(developer, "DeleteConnection", { params })).toBe(403);
    expect(await status(developer, "UpdateEnvironment", { params: { ...params, environment_id: dev.id }, body: withoutLinks(dev) })).toBe(
      200,
    );
    expect(await status(await world.as("admin"), "DeleteConnection", { params })).toBe(204);
  });

  test("a developer does not redirect an environment that shares its secret with production", async () => {
    const connection = await production();
    const shared = await createConnection(world, smallConnection({ environments: [using("dev", secretOf(connection))] }));
    const sent = { params: { connection_id: shared.id }, body: { ...shared, baseUrl: elsewhere } };
    expect(await status(await world.as("developer"), "UpdateConnection", sent)).toBe(403);
    expect(await status(await world.as("admin"), "UpdateConnection", sent)).toBe(200);
  });

  test("an origin that has no value yet counts as another when the base URL changes", async () => {
    const connection = await createConnection(
      world,
      smallConnection({ baseUrl: "https://{{ env.tenant }}.example.com", environments: [newEnvironment("production")] }),
    );
    const sent = {
      params: { connection_id: connection.id },
      body: { ...connection, baseUrl: "https://{{ env.tenant }}.elsewhere.example" },
    };
    expect(await status(await world.as("developer"), "UpdateConnection", sent)).toBe(403);
  });

  test("a limited key links only credentials that serve within its limits already", async () => {
    const other = await createConnection(world);
    const own = await createConnection(world, smallConnection({ environments: [newEnvironment("dev")] }));
    const key = await world.keyWith({ scopes: [...scopes], connections: [own.id] });
    const linking = (id: string) => ({
      params: { connection_id: own.id },
      body: { ...own, environments: [...own.environments, using("new", id)] },
    });
    expect(await status(key, "UpdateConnection", linking(secretOf(other)))).toBe(403);
    expect(await status(key, "UpdateConnection", linking(secretOf(own)))).toBe(200);
  });
});
