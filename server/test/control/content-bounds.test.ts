import { expect, test } from "vitest";
import { createTurns } from "../../src/control/turns.ts";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { addDefinitions, type HTTPAction, newAction, newDefinition } from "../harness/content.ts";
import { createConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine, type World } from "../harness/world.ts";

const draft = async (world: World) => {
  const { id } = await createConnection(world, smallConnection());
  return { connection_id: id, version: "1" };
};

onEachEngine("what a version holds (L-2)", (world) => {
  test("is listed in pages that end before they are long, and miss nothing", async () => {
    const key = await world.as("key");
    const params = await draft(world);
    const names = Array.from({ length: 50 }, (_, at) => `D${at}`);
    await addDefinitions(world, params, names, { description: "d".repeat(10_000) });
    const links = names.map((name) => ({ definition: { name } }));
    const responses = [200, 201, 202, 203].map((status) => ({ status, definitions: links }));
    const made = new Set<string>();
    for (let at = 0; at < 40; at++) {
      const { body } = await world.must(key, "CreateAction", { params, body: newAction({ name: `a${at}`, responses }) });
      made.add(body.id);
      expect(JSON.stringify(body).length).toBeLessThan(100_000);
    }
    const found: string[] = [];
    let pages = 0;
    for (let after: string | undefined; ; ) {
      const { body } = await world.must(key, "GetActions", { params, query: { first: 100, ...(after ? { after } : {}) } });
      const { actions, next, totalCount } = body as { actions: HTTPAction[]; next?: string; totalCount: number };
      expect(totalCount).toBe(40);
      expect(actions.length).toBeLessThan(30);
      found.push(...actions.map(({ id }) => id));
      pages += 1;
      if (next === undefined) break;
      after = next;
    }
    expect({ pages: pages > 1, all: found.length === made.size && found.every((id) => made.has(id)) }).toEqual({ pages: true, all: true });
  }, 60_000);

  test("shows at most 2,000 characters of media types for each definition", async () => {
    const params = await draft(world);
    const accept = Array.from({ length: 40 }, (_, at) => `application/${"x".repeat(60)}${at}`);
    const answer = await world.send(await world.as("key"), "CreateDefinitions", {
      params,
      body: { definitions: [newDefinition("Long", {}, { accept })] },
    });
    expect(answer).toMatchObject({ status: 400, body: { fields: [{ field: "definitions[0].accept" }] } });
  });

  test("is at most so long, and may become shorter", async () => {
    const key = await world.as("key");
    const params = await draft(world);
    const content = JSON.stringify({ description: "d".repeat(1_000_000) });
    for (let at = 0; at < 68; at++) await addDefinitions(world, params, [`D${at}`], { content });
    const answer = await world.send(key, "CreateAction", { params, body: newAction() });
    expect(answer).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    expect((await world.must(key, "GetActions", { params })).body).toMatchObject({ totalCount: 0 });
    await world.must(key, "DeleteDefinition", { params: { ...params, definition_name: "D0" } });
    await world.must(key, "CreateAction", { params, body: newAction() });
  }, 60_000);
});

test("work in turns is one of each organisation at a time, and no more of all than there are places (L-2, T-4)", async () => {
  const inTurn = createTurns({ placesMax: 2, waitingMax: 6 });
  const [a, b, c] = ["A", "B", "C"] as OrganisationId[];
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (org: OrganisationId | undefined, name: string) =>
    inTurn(org as OrganisationId, () => {
      begun.push(name);
      return new Promise<void>((end) => ends.set(name, end));
    });
  const turn = () => new Promise((done) => setImmediate(done));
  const all = [work(a, "a1"), work(a, "a2"), work(a, "a3"), work(b, "b1"), work(c, "c1")];
  await turn();
  expect(begun).toEqual(["a1", "b1"]);
  ends.get("b1")?.();
  await turn();
  expect(begun).toEqual(["a1", "b1", "c1"]);
  ends.get("a1")?.();
  await turn();
  expect(begun).toEqual(["a1", "b1", "c1", "a2"]);
  for (const name of ["a2", "c1"]) ends.get(name)?.();
  await turn();
  ends.get("a3")?.();
  await Promise.all(all);
  const failing = inTurn(a as OrganisationId, () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await inTurn(a as OrganisationId, async () => "a place is free again")).toBe("a place is free again");
});
