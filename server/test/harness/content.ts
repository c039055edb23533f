import type { Action, ActionHTTPCreate, Definition, DefinitionsCreateDefinition, TriggerHTTPCreate } from "@mooring/contract";
import type { StoredDefinition } from "../../src/domain/definition.ts";
import type { ConnectionId, DefinitionId, OrganisationId } from "../../src/kernel/ids.ts";
import { insertDefinitions } from "../../src/store/definitions.ts";
import { getContentVersion } from "../../src/store/versions.ts";
import type { Actor } from "./actors.ts";
import { createConnection, smallConnection } from "./samples.ts";
import type { World } from "./world.ts";

/** An action without faults that uses no definition. */
export const newAction = (changes: Partial<ActionHTTPCreate> = {}): ActionHTTPCreate => ({
  type: "http",
  name: "createOrder",
  method: "POST",
  path: "/shops/{{ param.shop }}/orders",
  parameters: [
    { name: "shop", in: "path", required: true, type: "string" },
    { name: "limit", in: "query", required: false, type: "integer", default: 20 },
  ],
  responses: [],
  ...changes,
});

/** A trigger without faults that uses no definition: it takes any POST with a header `X-Topic`. */
export const newTrigger = (changes: Partial<TriggerHTTPCreate> = {}): TriggerHTTPCreate => ({
  type: "http",
  name: "orderPaid",
  method: "POST",
  parameters: [{ name: "X-Topic", in: "header", required: false, type: "string", default: "orders/paid" }],
  responses: [{ status: 202, definitions: [] }],
  ...changes,
});

/** Where content is: a version of a connection. */
export interface ContentParams extends Readonly<Record<string, string>> {
  readonly connection_id: string;
  readonly version: string;
}

/** Writes definitions of JSON with these names straight into a version; gives their ids by name. */
export async function addDefinitions(
  world: World,
  { connection_id, version }: ContentParams,
  names: readonly string[],
  { actor, ...changes }: Partial<StoredDefinition> & { actor?: Actor } = {},
): Promise<Record<string, DefinitionId>> {
  const org = (actor ?? (await world.as("key"))).org as OrganisationId;
  const definitions = names.map(
    (name): StoredDefinition => ({
      id: world.newId() as DefinitionId,
      name,
      accept: ["application/json"],
      contentType: "application/schema+json",
      content: '{"type":"object"}',
      errors: [],
      ...changes,
    }),
  );
  await world.mooring.db.write(org, async (tx) => {
    const found = await getContentVersion(tx, org, connection_id as ConnectionId, version);
    if (!found) throw new Error(`There is no version ${version}.`);
    await insertDefinitions(tx, org, found.id, definitions, world.clock.now());
  });
  return Object.fromEntries(definitions.map(({ id, name }) => [name, id]));
}

export type HTTPAction = Extract<Action, { type: "http" }>;

/** A definition of JSON with this schema. */
export const newDefinition = (name: string, schema: unknown = {}, changes: Partial<DefinitionsCreateDefinition> = {}) => ({
  name,
  accept: ["application/json"],
  schema: { contentType: "application/schema+json", content: JSON.stringify(schema) },
  ...changes,
});

/** A reference to a definition by its name. */
export const ref = (name: string) => ({ $ref: `#/$defs/${name}` });

/** A connection whose draft `1` has definitions with these schemas, by name. */
export async function draftWith(world: World, schemas: Readonly<Record<string, unknown>>, actor?: Actor) {
  const { id } = await createConnection(world, smallConnection(), actor);
  const params = { connection_id: id, version: "1" };
  const definitions = Object.entries(schemas).map(([name, schema]) => newDefinition(name, schema));
  const key = actor ?? (await world.as("key"));
  const { body } =
    definitions.length === 0
      ? { body: { definitions: [] } }
      : await world.must(key, "CreateDefinitions", { params, body: { definitions } });
  const byName = Object.fromEntries(body.definitions.map((one) => [one.name, one])) as Record<string, Definition>;
  return { params, ids: Object.fromEntries(body.definitions.map(({ id: one, name }) => [name, one])) as Record<string, string>, byName };
}
