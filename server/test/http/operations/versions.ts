import { expect } from "vitest";
import { createConnection, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five, invalidPage } from "./five.ts";

/** A connection with the draft `1` and the published version `2`. */
const given = async (world: World) => {
  const key = await world.as("key");
  const { id } = await createConnection(world, smallConnection());
  const params = { connection_id: id };
  await world.must(key, "CreateConnectionVersion", { params, body: { name: "2" } });
  const published = await world.must(key, "PublishConnection", { params: { ...params, version: "2" } });
  const draft = await world.must(key, "GetConnectionVersion", { params: { ...params, version: "1" } });
  return { params, draft: draft.body, published: published.body.version };
};
type Given = Awaited<ReturnType<typeof given>>;
const draftOf = ({ params }: Given) => ({ params: { ...params, version: "1" } });
const publishedOf = ({ params }: Given) => ({ params: { ...params, version: "2" } });
const withNonsense = { query: { nonsense: 1 } };

export const versionScenarios = {
  CreateConnectionVersion: five<"CreateConnectionVersion", Given>({
    given,
    happy: ({ params }) => ({ params, body: { name: "3", fromVersion: "latest" } }),
    after: ({ body }) => expect(body).toMatchObject({ name: "3", publishedAt: null, isLatest: false, isDefault: false }),
    invalid: { send: ({ params }) => ({ params, body: { name: "a/b", description: "x" } }), fields: ["description", "name"] },
    forbidden: "viewer",
  }),
  ListConnectionVersions: five<"ListConnectionVersions", Given>({
    given,
    happy: ({ params }) => ({ params }),
    after: ({ body }) => expect(body.items.map(({ name }) => name)).toEqual(["2", "1"]),
    invalid: { send: ({ params }) => invalidPage.send({ params }), fields: invalidPage.fields },
    forbidden: "gatewayKey",
  }),
  GetConnectionVersion: five<"GetConnectionVersion", Given>({
    given,
    happy: publishedOf,
    after: ({ body }, { published }) => expect(body).toEqual(published),
    invalid: { send: (situation) => ({ ...draftOf(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
  UpdateConnectionVersion: five<"UpdateConnectionVersion", Given>({
    given,
    happy: (situation) => ({ ...draftOf(situation), body: { ...situation.draft, name: "1.1", description: "First" } }),
    after: ({ body }) => expect(body).toMatchObject({ name: "1.1", description: "First" }),
    invalid: { send: (situation) => ({ ...draftOf(situation), body: { name: "", isDefault: "no" } }), fields: ["id", "isDefault", "name"] },
    forbidden: "viewer",
  }),
  DeleteConnectionVersion: five<"DeleteConnectionVersion", Given>({
    given,
    happy: draftOf,
    after: async (_answer, situation, world) => {
      expect((await world.send(await world.as("key"), "GetConnectionVersion", draftOf(situation))).status).toBe(404);
    },
    invalid: { send: (situation) => ({ ...draftOf(situation), query: { force: 2 } }), fields: ["force"] },
    forbidden: "viewer",
  }),
  DiffConnectionVersions: five<"DiffConnectionVersions", Given>({
    given,
    happy: ({ params }) => ({ params: { ...params, version: "2", other_version: "1" } }),
    after: ({ body }) => expect(body).toEqual({ from: "2", to: "1", breaks: false, added: [], removed: [], changed: [] }),
    invalid: { send: ({ params }) => ({ params: { ...params, version: "2", other_version: "1" }, ...withNonsense }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
  GetConnectionVersionTypes: five<"GetConnectionVersionTypes", Given>({
    given,
    happy: publishedOf,
    after: ({ body }) => expect(body).toContain("export interface Actions {"),
    invalid: { send: (situation) => ({ ...draftOf(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "gatewayKey",
  }),
  PublishConnection: five<"PublishConnection", Given>({
    given,
    happy: draftOf,
    after: ({ body }) => expect(body.version).toMatchObject({ name: "1", isLatest: true, publishedAt: expect.any(String) }),
    invalid: { send: (situation) => ({ ...draftOf(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "viewer",
  }),
  UnpublishConnection: five<"UnpublishConnection", Given>({
    given,
    happy: publishedOf,
    after: ({ body }) => expect(body.version).toMatchObject({ name: "2", isLatest: false, publishedAt: null }),
    invalid: { send: (situation) => ({ ...publishedOf(situation), ...withNonsense }), fields: ["nonsense"] },
    forbidden: "viewer",
  }),
};
