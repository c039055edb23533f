import { expect, test } from "vitest";
import { createConnection, readConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

const named = (name: string) => ({ name, credentials: {}, variables: [] });
const namesOf = (environments: readonly { name: string }[]) => environments.map(({ name }) => name);

onEachEngine("the order of environments", (world) => {
  test("outlives the deletion of one, then an update of the last, then a new one behind it", async () => {
    const key = await world.as("key");
    const { id, environments } = await createConnection(world, smallConnection({ environments: ["a", "b", "c"].map(named) }));
    const [first, , last] = environments;
    const of = (environment = first) => ({ connection_id: id, environment_id: environment?.id ?? "" });
    await world.must(key, "DeleteEnvironment", { params: of(first) });
    await world.must(key, "UpdateEnvironment", { params: of(last), body: { id: last?.id ?? "", name: "z" } });
    expect(namesOf((await readConnection(world, id)).environments)).toEqual(["b", "z"]);

    const read = await readConnection(world, id);
    const body = { ...read, environments: [...read.environments, named("aa"), named("0")] };
    await world.must(key, "UpdateConnection", { params: { connection_id: id }, body });
    expect(namesOf((await readConnection(world, id)).environments)).toEqual(["b", "z", "aa", "0"]);
    await world.must(key, "DeleteEnvironment", { params: of(last) });
    expect(namesOf((await readConnection(world, id)).environments)).toEqual(["b", "aa", "0"]);
  });
});
