import { expect } from "vitest";
import { draftWith, newAction, newDefinition, ref } from "../harness/content.ts";
import { scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

/** Team refers to User, User to Id, and Id to itself. The action list uses Team, and nothing refers to Alone. */
const given = async (world: World) => {
  const draft = await draftWith(world, {
    Id: { prefixItems: [{}, ref("Id")] },
    User: { properties: { id: ref("Id") } },
    Team: { items: ref("User") },
    Alone: {},
  });
  const responses = [{ status: 200, definitions: [{ definition: { id: draft.ids.Team } }] }];
  const { body: action } = await world.must(await world.as("key"), "CreateAction", {
    params: draft.params,
    body: newAction({ name: "list$", responses } as object),
  });
  return { ...draft, action };
};
type Given = Awaited<ReturnType<typeof given>>;
const named = (name: string, { params }: Given) => ({ ...params, definition_name: name });
const one =
  (name: string, query = {}) =>
  (situation: Given) => ({ params: named(name, situation), query });
const many =
  (choice: (ids: Given["ids"]) => object, query = {}) =>
  ({ params, ids }: Given) => ({ params, body: choice(ids), query });

onEachEngine("deleting definitions", (world) => {
  const names = async ({ params }: Given) => {
    const { body } = await world.must(await world.as("key"), "GetDefinitions", { params });
    return body.definitions.map(({ name }) => name).sort();
  };
  const leaves =
    (...left: string[]) =>
    async (_answer: unknown, situation: Given) =>
      expect(await names(situation)).toEqual(left);
  const read = async (situation: Given, name: string) =>
    (await world.must(await world.as("key"), "GetDefinition", { params: named(name, situation) })).body;
  const readAction = async ({ params, action }: Given) =>
    (await world.must(await world.as("key"), "GetAction", { params: { ...params, action_name: action.name } })).body;
  const published = async ({ params }: Given) => void (await world.must(await world.as("key"), "PublishConnection", { params }));

  scenarios(world, { title: "one", operation: "DeleteDefinition", given: () => given(world) }, [
    { name: "that nothing refers to is 204", send: one("Alone"), expect: 204, after: leaves("Id", "Team", "User") },
    {
      name: "that something refers to is 412, and says what",
      send: one("Id"),
      expect: 412,
      code: "definition_in_use",
      after: ({ error }, { ids }) =>
        expect(error).toMatchObject({
          definition: { id: ids.Id, name: "Id", referencedBy: [{ type: "definition", id: ids.User, name: "User" }] },
        }),
    },
    {
      name: "that an action uses is 412, and says which",
      send: one("Team"),
      expect: 412,
      after: ({ error }, { action }) =>
        expect(error).toMatchObject({ definition: { referencedBy: [{ type: "action", id: action.id, name: "list$" }] } }),
    },
    {
      name: "by force leaves an error where a definition refers to it, which goes when its schema is changed",
      send: one("Id", { force: true }),
      expect: 204,
      after: async (_answer, situation) => {
        const user = await read(situation, "User");
        expect(user.errors).toEqual([{ field: "/properties/id/$ref", message: expect.stringContaining("Id"), severity: "error" }]);
        const key = await world.as("key");
        const renamed = await world.must(key, "UpdateDefinition", {
          params: named("User", situation),
          body: { ...user, description: "x" },
        });
        expect(renamed.body.errors).toEqual(user.errors);
        const body = { ...user, ...newDefinition("User", {}) };
        expect((await world.must(key, "UpdateDefinition", { params: named("User", situation), body })).body).not.toHaveProperty("errors");
      },
    },
    {
      name: "by force leaves an error on an action, which goes when there is one of that name again",
      send: one("Team", { force: true }),
      expect: 204,
      after: async (_answer, situation) => {
        const broken = await readAction(situation);
        expect(broken).toMatchObject({ errors: [{ message: expect.stringContaining("Team"), severity: "error" }] });
        const key = await world.as("key");
        const body = { definitions: [newDefinition("Team")] };
        await world.must(key, "CreateDefinitions", { params: situation.params, body });
        expect((await readAction(situation)).errors ?? []).toEqual([]);
        expect((await read(situation, "Team")).referencedBy).toMatchObject([{ type: "action", name: "list$" }]);
      },
    },
    {
      name: "is refused when it is not as the caller read it",
      send: (situation) => ({ ...one("Alone")(situation), headers: { "if-match": '"old"' } }),
      expect: 412,
      code: "precondition_failed",
    },
    {
      name: "is refused in a published version",
      given: published,
      send: one("Alone", { force: true }),
      expect: 409,
      code: "version_published",
    },
    { name: "that is not there is 404", send: one("Nobody"), expect: 404 },
  ]);

  scenarios(world, { title: "several", operation: "DeleteDefinitions", given: () => given(world) }, [
    {
      name: "by id and by name together",
      send: many(({ Alone }) => ({ ids: [Alone], names: [] })),
      expect: 204,
      after: leaves("Id", "Team", "User"),
    },
    {
      name: "that only refer to each other go together",
      given: async (situation) => {
        const params = { ...situation.params, action_name: situation.action.name };
        await world.must(await world.as("key"), "DeleteAction", { params });
      },
      send: many(({ Id, User }) => ({ ids: [Id, User], names: ["Team"] })),
      expect: 204,
      after: leaves("Alone"),
    },
    {
      name: "are all left when one is referred to from outside, and the answer says which, with those referrers alone",
      send: many(({ Alone, Id }) => ({ ids: [Alone, Id], names: ["User"] })),
      expect: 412,
      code: "definition_in_use",
      after: ({ error }, { ids }) =>
        expect(error).toMatchObject({
          definitions: [{ id: ids.User, name: "User", referencedBy: [{ type: "definition", id: ids.Team, name: "Team" }] }],
        }),
    },
    {
      name: "by force go all the same, and leave an error on each referrer from outside",
      send: many(() => ({ names: ["Id", "User"] }), { force: true }),
      expect: 204,
      after: async (_answer, situation) => {
        await leaves("Alone", "Team")(undefined, situation);
        expect((await read(situation, "Team")).errors).toMatchObject([{ field: "/items/$ref" }]);
      },
    },
    { name: "all are refused while an action uses one", send: many(() => ({ all: true })), expect: 412, code: "definition_in_use" },
    { name: "all by force", send: many(() => ({ all: true }), { force: true }), expect: 204, after: leaves() },
    {
      name: "none, which is fine",
      send: many(() => ({ ids: [] })),
      expect: 204,
      after: leaves("Alone", "Id", "Team", "User"),
    },
    {
      name: "`all` excludes both `ids` and `names`",
      send: many(({ Alone }) => ({ all: true, ids: [Alone], names: ["Team"] })),
      expect: 400,
      fields: ["ids", "names"],
    },
    { name: "`all` as false chooses nothing", send: many(() => ({ all: false })), expect: 400, fields: [""] },
    {
      name: "the same one by id and by name is refused, and so is what the version does not have, all at once",
      send: many(({ Alone, Id }) => ({ ids: [Id, world.newId(), Alone], names: ["Nobody", "Alone", "alone"] })),
      expect: 400,
      fields: ["ids[1]", "names[0]", "names[1]", "names[2]"],
    },
    {
      name: "another version's and another organisation's are unknown, like nobody's (T-2)",
      send: async ({ params }) => {
        const foreign = await draftWith(world, { Alone: {} }, await world.as("stranger"));
        const ids = [(await given(world)).ids.Alone, foreign.ids.Alone, world.newId()];
        return { params, body: { ids } };
      },
      expect: 400,
      fields: ["ids[0]", "ids[1]", "ids[2]"],
      after: ({ error }) => expect(new Set(error.fields?.map(({ message }) => message)).size).toBe(1),
    },
    { name: "without a body is refused", send: ({ params }) => ({ params }), expect: 400 },
    {
      name: "with a tag is refused, since a list has none",
      send: (situation) => ({ ...many(() => ({ all: true }), { force: true })(situation), headers: { "if-match": '"x"' } }),
      expect: 412,
      code: "precondition_failed",
    },
    {
      name: "is refused in a published version",
      given: published,
      send: many(() => ({ all: true })),
      expect: 409,
      code: "version_published",
    },
  ]);
});
