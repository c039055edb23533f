import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Action, Trigger } from "@mooring/contract";
import { expect, test } from "vitest";
import { githubApi } from "../../../tools/github-api.ts";
import { importForm, smallApi, smallWebhooks } from "../harness/forms.ts";
import { trials } from "../harness/profile.ts";
import { scenarios } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

const examples = dirname(createRequire(import.meta.url).resolve("@readme/oas-examples/package.json"));
const some = ["2.0/yaml/petstore.yaml", "3.0/json/discriminators.json", "3.0/json/parameters-style.json", "3.1/json/train-travel.json"];

/** An action or a trigger as it is whatever it was imported into. */
const bare = (one: Action | Trigger): unknown =>
  JSON.parse(JSON.stringify(one), (key, value) => (key === "id" || key === "url" ? undefined : value));

onEachEngine("a version exported as OpenAPI", (world) => {
  test.each(some)("and imported again has the same actions and definitions: %s", async (name) => {
    await comesBack(readFileSync(join(examples, name)));
  });

  test("and imported again has the same triggers", async () => {
    const { triggers } = await comesBack(JSON.stringify(smallApi({ webhooks: smallWebhooks })));
    expect(triggers.map(({ name, method, strict, challenge }) => [name, method, strict, challenge?.name])).toEqual([
      ["orderPaid", "POST", true, "/challenge"],
      ["ping", "GET", undefined, undefined],
    ]);
  });

  test.runIf(trials({ change: 0, long: 1 }) > 0)("comes back, also all of GitHub's", { timeout: 600_000 }, async () => {
    await comesBack(readFileSync(await githubApi()));
  });

  scenarios(world, { title: "is only there", operation: "GetConnectionVersionOpenAPI", given: (place) => imported(place, smallApi()) }, [
    {
      name: "where there is such a version",
      send: ({ params }) => ({ params: { ...params, version: "2" } }),
      expect: 404,
      code: "not_found",
    },
    {
      name: "for what speaks HTTP",
      send: async () => {
        const body = { name: "Rows", environments: [{ name: "production", credentials: {}, variables: [] }] };
        const { body: connection } = await world.must(await world.as("key"), "CreateBigQueryConnection", { body });
        return { params: { connection_id: connection.id, version: "1" } };
      },
      expect: 400,
      code: "invalid_request",
    },
  ]);

  async function comesBack(file: Uint8Array | string) {
    const first = await imported(world, file);
    const { body: document } = await world.must(await world.as("readKey"), "GetConnectionVersionOpenAPI", { params: first.params });
    const second = await imported(world, JSON.stringify(document));
    expect(second.actions.map(bare)).toEqual(first.actions.map(bare));
    expect(second.triggers.map(bare)).toEqual(first.triggers.map(bare));
    expect(second.definitions.map(({ name }) => name)).toEqual(first.definitions.map(({ name }) => name));
    expect(second.connection).toMatchObject({ name: first.connection.name, baseUrl: first.connection.baseUrl });
    return second;
  }
});

async function imported(world: World, file: unknown) {
  const { body } = await world.must(await world.as("key"), "ImportHTTPConnection", importForm(file));
  const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
  return {
    connection: body.connection,
    params: { connection_id: body.connection.id, version: "1" },
    actions: body.actions.sort(byName),
    triggers: (body.triggers ?? []).sort(byName),
    definitions: body.definitions.sort(byName),
  };
}
