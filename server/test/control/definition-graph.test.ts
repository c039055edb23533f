import type { Definition } from "@mooring/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { draftWith, newDefinition, ref } from "../harness/content.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { onEachEngine, type World } from "../harness/world.ts";

/** One change of the graph; numbers choose among what is there. */
type Step =
  | { readonly what: "create"; readonly links: readonly (readonly number[])[] }
  | { readonly what: "rename"; readonly pick: number }
  | { readonly what: "relink"; readonly pick: number; readonly links: readonly number[] }
  | { readonly what: "delete"; readonly picks: readonly number[]; readonly force: boolean };

/** What should be there: by id the name, and the ids it refers to. */
type Oracle = Map<string, { name: string; uses: Set<string>; isBroken: boolean }>;

const number = fc.nat({ max: 1_000 });
const links = fc.array(number, { maxLength: 3 });
const steps = fc.array(
  fc.oneof(
    fc.record({ what: fc.constant("create" as const), links: fc.array(links, { minLength: 1, maxLength: 4 }) }),
    fc.record({ what: fc.constant("rename" as const), pick: number }),
    fc.record({ what: fc.constant("relink" as const), pick: number, links }),
    fc.record({ what: fc.constant("delete" as const), picks: fc.array(number, { minLength: 1, maxLength: 3 }), force: fc.boolean() }),
  ),
  { minLength: 3, maxLength: 14 },
);

onEachEngine("a graph of definitions", (world) => {
  test("has the referrers that follow from what was done to it, whatever that was", { timeout: propertyTimeoutMs }, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { params } = await draftWith(world, {});
        const oracle: Oracle = new Map();
        for (const step of all) await play(world, params, oracle, step);
        const { body } = await world.must(await world.as("key"), "GetDefinitions", { params, query: { first: 100 } });
        expect(body.totalCount).toBe(oracle.size);
        expect(seen(body.definitions)).toEqual(expected(oracle));
      }),
      { numRuns: trials({ change: 15, long: 300 }) },
    );
  });
});

const sorted = (all: readonly string[]) => [...all].sort();

const seen = (definitions: readonly Definition[]) =>
  Object.fromEntries(
    definitions.map((one) => [one.id, [one.name, sorted(one.referencedBy?.map(({ name }) => name) ?? []), (one.errors ?? []).length > 0]]),
  );

function expected(oracle: Oracle) {
  const referrers = (id: string) => [...oracle].filter(([other, { uses }]) => other !== id && uses.has(id)).map(([, { name }]) => name);
  return Object.fromEntries([...oracle].map(([id, { name, isBroken }]) => [id, [name, sorted(referrers(id)), isBroken]]));
}

let names = 0;

async function play(world: World, params: Record<string, string>, oracle: Oracle, step: Step): Promise<void> {
  const key = await world.as("key");
  const there = [...oracle.keys()];
  const chosen = (pick: number) => there[pick % there.length] as string;
  if (step.what === "create") {
    const fresh = step.links.map((own) => ({ name: `n${++names}`, own }));
    const candidates = [...fresh.map(({ name }) => name), ...[...oracle.values()].map(({ name }) => name)];
    const used = fresh.map(({ own }) => own.map((pick) => candidates[pick % candidates.length] as string));
    const definitions = fresh.map(({ name }, at) => newDefinition(name, { prefixItems: [{}, ...(used[at] ?? []).map(ref)] }));
    const { body } = await world.must(key, "CreateDefinitions", { params, body: { definitions } });
    for (const { id, name } of body.definitions) oracle.set(id, { name, uses: new Set(), isBroken: false });
    const ids = new Map([...oracle].map(([id, { name }]) => [name, id]));
    for (const [at, { id }] of body.definitions.entries()) for (const name of used[at] ?? []) oracle.get(id)?.uses.add(ids.get(name) ?? "");
  } else if (there.length === 0) return;
  else if (step.what === "delete") {
    const ids = [...new Set(step.picks.map(chosen))];
    const gone = new Set(ids);
    const outside = [...oracle].filter(([id, { uses }]) => !gone.has(id) && ids.some((one) => uses.has(one)));
    const { status } = await world.send(key, "DeleteDefinitions", { params, body: { ids }, query: { force: step.force } });
    expect(status).toBe(outside.length > 0 && !step.force ? 412 : 204);
    if (status === 412) return;
    for (const [, user] of outside) {
      user.isBroken = true;
      for (const id of ids) user.uses.delete(id);
    }
    for (const id of ids) oracle.delete(id);
  } else {
    const id = chosen(step.pick);
    const own = oracle.get(id) as { name: string; uses: Set<string>; isBroken: boolean };
    const path = { ...params, definition_name: own.name };
    if (step.what === "rename") {
      own.name = `n${++names}`;
      await world.must(key, "UpdateDefinition", { params: path, body: { id, name: own.name, accept: [] } });
    } else {
      const targets = step.links.map(chosen);
      const schema = { prefixItems: [{}, ...targets.map((target) => ref(oracle.get(target)?.name ?? ""))] };
      await world.must(key, "UpdateDefinition", { params: path, body: { id, ...newDefinition(own.name, schema) } });
      own.uses = new Set(targets);
      own.isBroken = false;
    }
  }
}
