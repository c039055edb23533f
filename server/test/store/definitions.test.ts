import { beforeEach, describe, expect, test } from "vitest";
import type { StoredDefinition } from "../../src/domain/definition.ts";
import type { ConnectionId, DefinitionId, OrganisationId, VersionId } from "../../src/kernel/ids.ts";
import type { Tx } from "../../src/store/database.ts";
import { insertUses, referrersOf, replaceUses } from "../../src/store/definition-uses.ts";
import * as store from "../../src/store/definitions.ts";
import { isReferenced, isTaken } from "../../src/store/faults.ts";
import { getContentVersion } from "../../src/store/versions.ts";
import { createConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

onEachEngine("definitions in the store", (world) => {
  let org: OrganisationId;
  let version: VersionId;
  beforeEach(async () => {
    org = world.mooring.bootstrap.organisation as OrganisationId;
    const { id } = await createConnection(world, smallConnection());
    const found = await world.mooring.db.read(org, (tx) => getContentVersion(tx, org, id as ConnectionId, "1"));
    version = (found as { id: VersionId }).id;
  });

  const definition = (name: string, changes: Partial<StoredDefinition> = {}): StoredDefinition => ({
    id: world.newId() as DefinitionId,
    name,
    accept: ["application/json"],
    contentType: "application/schema+json",
    content: `{"title":"${name}"}`,
    errors: [],
    ...changes,
  });
  const write = <Result>(work: (tx: Tx) => Promise<Result>) => world.mooring.db.write(org, work);
  const insert = (...all: StoredDefinition[]) => write((tx) => store.insertDefinitions(tx, org, version, all, world.clock.now()));
  const uses = (user: StoredDefinition, ...used: StoredDefinition[]) =>
    write((tx) =>
      replaceUses(
        tx,
        org,
        version,
        { type: "definition", id: user.id },
        used.map(({ id }) => id),
      ),
    );
  const reach = (...from: StoredDefinition[]) =>
    write((tx) =>
      store.reachableDefinitions(
        tx,
        org,
        version,
        from.map(({ id }) => id),
      ),
    );
  const named = (found: Map<DefinitionId, StoredDefinition>) => [...found.values()].map(({ name }) => name).sort();

  test("are read as they were written, in more than one portion", async () => {
    const all = Array.from({ length: 1201 }, (_, index) => definition(`d${index}`));
    const rich = definition("rich", { description: "Says much", errors: [{ field: "", message: "Lost", severity: "error" }] });
    await insert(rich, ...all);
    const found = await write((tx) =>
      store.definitionsByIds(
        tx,
        org,
        version,
        [rich, ...all].map(({ id }) => id),
      ),
    );
    expect(found.size).toBe(1202);
    expect(found.get(rich.id)).toEqual(rich);
    expect(await write((tx) => store.getDefinition(tx, org, version, "rich"))).toEqual(rich);
    expect(await write((tx) => store.getDefinition(tx, org, version, "Rich"))).toBeUndefined();
    const { contentType: _, content: __, ...head } = rich;
    expect((await write((tx) => store.headsByIds(tx, org, version, [rich.id]))).get(rich.id)).toEqual(head);
    expect(await write((tx) => store.definitionHeads(tx, org, version))).toHaveLength(1202);
    expect((await write((tx) => store.definitionNames(tx, org, version))).get("d1200")).toBe(all[1200]?.id);
  });

  test("cannot have one name twice in a version, whether added or renamed", async () => {
    const [one, two] = [definition("one"), definition("two")];
    await insert(one, two);
    const taken = (error: unknown) => isTaken(error, "definitions_name");
    await expect(insert(definition("one"))).rejects.toSatisfy(taken);
    const renamed = write((tx) => store.updateDefinition(tx, org, version, { ...two, name: "one" }, world.clock.now()));
    await expect(renamed).rejects.toSatisfy(taken);
  });

  test.each([
    ["user", ["SuperUser", "User", "users_all"]],
    ["S_", ["users_all"]],
    ["_", ["users_all"]],
    ["%", []],
    ["a\0b", []],
    ["\\", []],
    ["", ["Other", "SuperUser", "User", "users_all"]],
  ])("whose name contains %j are listed, in any case", async (name, names) => {
    await insert(...["User", "SuperUser", "users_all", "Other"].map((one) => definition(one)));
    const page = await write((tx) => store.listDefinitions(tx, org, version, { name }));
    expect(page.items.map((item) => item.name).sort()).toEqual(names);
    expect(page.totalCount).toBe(names.length);
  });

  describe("that refer to each other", () => {
    test("are reached through any number of steps, in circles too, and nothing else is", async () => {
      const [a, b, c, d, alone] = ["a", "b", "c", "d", "alone"].map((name) => definition(name)) as [
        StoredDefinition,
        StoredDefinition,
        StoredDefinition,
        StoredDefinition,
        StoredDefinition,
      ];
      await insert(a, b, c, d, alone);
      await uses(a, b, a);
      await uses(b, c);
      await uses(c, a, d);
      expect(named(await reach(a))).toEqual(["a", "b", "c", "d"]);
      expect(named(await reach(d, alone))).toEqual(["alone", "d"]);
      expect(named(await reach(definition("elsewhere")))).toEqual([]);
    });

    test("say who refers to them, themselves excepted, and forget it when either goes", async () => {
      const [a, b, c] = ["a", "b", "c"].map((name) => definition(name)) as [StoredDefinition, StoredDefinition, StoredDefinition];
      await insert(a, b, c);
      await uses(b, a, b);
      await write((tx) =>
        insertUses(tx, org, version, [
          { definitionId: a.id, user: { type: "definition", id: c.id } },
          { definitionId: a.id, user: { type: "definition", id: c.id } },
        ]),
      );
      const referrers = () => write((tx) => referrersOf(tx, org, version, [a.id, b.id]));
      const reference = ({ id, name }: StoredDefinition) => ({ type: "definition", id, name });
      expect(await referrers()).toEqual(new Map([[a.id, [reference(b), reference(c)]]]));
      await write((tx) => store.deleteDefinitions(tx, org, version, [b.id]));
      expect(await referrers()).toEqual(new Map([[a.id, [reference(c)]]]));
      await expect(uses(c, b)).rejects.toSatisfy(isReferenced);
      await uses(c);
      expect(await referrers()).toEqual(new Map());
    });
  });
});
