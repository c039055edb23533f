import { expect } from "vitest";
import { createConnection, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five, invalidPage } from "./five.ts";

const schema = (content: unknown) => ({ contentType: "application/schema+json", content: JSON.stringify(content) });

/** A draft with the definitions User, and Users which refers to it. */
const given = async (world: World) => {
  const key = await world.as("key");
  const { id } = await createConnection(world, smallConnection());
  const params = { connection_id: id, version: "1" };
  const definitions = [
    { name: "User", accept: ["application/json"], schema: schema({ type: "object" }) },
    { name: "Users", accept: ["application/json"], schema: schema({ type: "array", items: { $ref: "#/$defs/User" } }) },
  ];
  const { body } = await world.must(key, "CreateDefinitions", { params, body: { definitions } });
  const [user, users] = body.definitions;
  return { params, user, users };
};
type Given = Awaited<ReturnType<typeof given>>;
const userOf = ({ params }: Given) => ({ params: { ...params, definition_name: "User" } });
const usersOf = ({ params }: Given) => ({ params: { ...params, definition_name: "Users" } });

export const definitionScenarios = {
  GetDefinitions: five<"GetDefinitions", Given>({
    given,
    happy: ({ params }) => ({ params }),
    after: ({ body }, { user, users }) => expect(body).toEqual({ totalCount: 2, definitions: [users, user] }),
    invalid: { send: ({ params }) => invalidPage.send({ params }), fields: invalidPage.fields },
    forbidden: "gatewayKey",
  }),
  CreateDefinitions: five<"CreateDefinitions", Given>({
    given,
    happy: ({ params }) => ({ params, body: { definitions: [{ name: "Team", accept: [], schema: schema({ $ref: "#/$defs/Users" }) }] } }),
    after: ({ body }) => expect(body.definitions).toMatchObject([{ name: "Team", accept: [], referencedBy: [] }]),
    invalid: {
      send: ({ params }) => ({
        params,
        body: { definitions: [{ name: "a b", accept: [""], schema: { contentType: "application/json" } }] },
      }),
      fields: ["definitions[0].accept[0]", "definitions[0].name", "definitions[0].schema.content"],
    },
    forbidden: "viewer",
  }),
  DeleteDefinitions: five<"DeleteDefinitions", Given>({
    given,
    happy: ({ params }) => ({ params, body: { all: true } }),
    after: async (_answer, { params }, world) => {
      expect((await world.must(await world.as("key"), "GetDefinitions", { params })).body).toEqual({ totalCount: 0, definitions: [] });
    },
    invalid: { send: ({ params }) => ({ params, body: { ids: ["x"], nonsense: 1 } }), fields: ["ids[0]", "nonsense"] },
    forbidden: "viewer",
  }),
  GetDefinition: five<"GetDefinition", Given>({
    given,
    happy: userOf,
    after: ({ body }, { user, users }) => {
      expect(body).toEqual(user);
      expect(body.referencedBy).toEqual([{ type: "definition", id: users?.id, name: "Users" }]);
    },
    invalid: { send: (situation) => ({ ...userOf(situation), query: { nonsense: 1 } }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
  UpdateDefinition: five<"UpdateDefinition", Given>({
    given,
    happy: (situation) => ({ ...userOf(situation), body: { ...situation.user, name: "Person", description: "Somebody" } }),
    after: ({ body }, { user }) => {
      const url = user?.url.replace("User", "Person");
      expect(body).toEqual({ ...user, name: "Person", description: "Somebody", url });
    },
    invalid: {
      send: (situation) => ({ ...userOf(situation), body: { id: "x", name: "", accept: "application/json" } }),
      fields: ["accept", "id", "name"],
    },
    forbidden: "viewer",
  }),
  DeleteDefinition: five<"DeleteDefinition", Given>({
    given,
    happy: usersOf,
    after: async (_answer, situation, world) => {
      expect((await world.send(await world.as("key"), "GetDefinition", usersOf(situation))).status).toBe(404);
    },
    invalid: { send: (situation) => ({ ...usersOf(situation), query: { force: 2 } }), fields: ["force"] },
    forbidden: "viewer",
  }),
};
