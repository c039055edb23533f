import { expect, test } from "vitest";
import { createConnection, readConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

const named = (name: string) => ({ name, credentials: {}, variables: [] });
const namesOf = (environments: readonly { name: string }[]) => environments.map(({ name }) => name);

onEachEngine("the order of environments", (world) => {
  test("outlives the deletion of the first, then an update of the last, then new ones behind it", async () => {
    const key = await world.as("key");
    const created = await createConnection(world, smallConnection({ environments: ["a", "b", "c"].map(named) }));
    const params = { connection_id: created.id };
    // Turned round, so that the order is another than that in which they were made.
    await world.must(key, "UpdateConnection", { params, body: { ...created, environments: created.environments.toReversed() } });
    const [a, , c] = created.environments.map(({ id }) => ({ ...params, environment_id: id }));

    await world.must(key, "DeleteEnvironment", { params: c ?? {} });
    await world.must(key, "UpdateEnvironment", { params: a ?? {}, body: { id: a?.environment_id ?? "", name: "z" } });
    const changed = await readConnection(world, created.id);
    expect(namesOf(changed.environments)).toEqual(["b", "z"]);

    await world.must(key, "UpdateConnection", { params, body: { ...changed, environments: [...changed.environments, named("d")] } });
    expect(namesOf((await readConnection(world, created.id)).environments)).toEqual(["b", "z", "d"]);
  });
});
