import type { ActionDefinitionCreate } from "@mooring/contract";
import { expect, test } from "vitest";
import type { Call } from "../../src/control/change.ts";
import { changeDraft, type Draft, readContent } from "../../src/control/content.ts";
import { faultyWays, recheckMissing, recheckWays } from "../../src/control/way-checks.ts";
import type { ActionId, ConnectionId, DefinitionId, OrganisationId, UserId } from "../../src/kernel/ids.ts";
import { referrersOf } from "../../src/store/definition-uses.ts";
import { deleteDefinitions, headsByNames } from "../../src/store/definitions.ts";
import { insertWays, waysByIds } from "../../src/store/ways.ts";
import { addDefinitions, type HTTPAction, newAction } from "../harness/content.ts";
import { at, createConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

const chosen = (...ids: string[]) => ({ action: ids as ActionId[], trigger: [] });

onEachEngine("what actions use", (world) => {
  /** A connection whose draft `1` has the definition Order, and what can be done with it. */
  async function given() {
    const key = await world.as("key");
    const { id } = await createConnection(world, smallConnection());
    const params = { connection_id: id, version: "1" };
    const { Order } = await addDefinitions(world, params, ["Order"]);
    const create = async (...definitions: ActionDefinitionCreate[]) =>
      (
        await world.must(key, "CreateAction", {
          params,
          body: newAction({ name: `a${world.newId()}`, responses: [{ status: 200, definitions }] }),
        })
      ).body as HTTPAction;
    const read = async ({ name }: { name: string }) =>
      (await world.must(key, "GetAction", { params: { ...params, action_name: name } })).body as HTTPAction;
    const put = async (name: string, body: unknown) =>
      (await world.must(key, "UpdateAction", { params: { ...params, action_name: name }, body })).body as HTTPAction;
    const org = key.org as OrganisationId;
    const actor = { kind: "person", id: "test" as UserId, org, scopes: new Set<never>(), mayChangeProductionSecrets: false } as const;
    const call: Call = { actor, requestId: "test" };
    const deps = { db: world.mooring.db, clock: world.clock, newId: <Id extends string>() => world.newId() as Id };
    const change = <Answer>(work: (draft: Draft) => Promise<Answer>) => changeDraft(deps, call, id as ConnectionId, "1", work);
    const check = () => readContent(deps, call, id as ConnectionId, "1", (content) => faultyWays(content, "action"));
    const users = (definition: DefinitionId | undefined) =>
      change(async ({ tx, version }) =>
        ((await referrersOf(tx, org, version.id, [definition as DefinitionId])).get(definition as DefinitionId) ?? []).map((one) => one.id),
      );
    return { params, Order: Order as DefinitionId, create, read, put, change, check, users };
  }
  const linksOf = ({ responses }: HTTPAction) => at(responses, 0).definitions.map(({ definition }) => definition.name);
  const faultsOf = ({ errors = [] }: HTTPAction) => errors.map(({ field, message }) => `${field} ${message}`);
  const nowhere = (name: string, place = 0) =>
    `/responses/0/definitions/${place} The version has no definition "${name}"; create it, or leave the link out.`;

  test("a definition is found by id and by name, and its use is known", async () => {
    const { Order, create, users } = await given();
    const byId = await create({ definition: { id: Order } });
    const byName = await create({ definition: { name: "Order" } });
    for (const action of [byId, byName]) {
      expect(linksOf(action)).toEqual(["Order"]);
      expect(faultsOf(action)).toEqual([]);
    }
    expect((await users(Order)).sort()).toEqual([byId.id, byName.id].sort());
  });

  test("an id goes before a name, even where it leads nowhere", async () => {
    const { Order, create } = await given();
    expect(linksOf(await create({ definition: { id: Order, name: "Nothing" } }))).toEqual(["Order"]);
    const unknown = world.newId();
    const action = await create({ definition: { id: unknown, name: "Order" } });
    expect([linksOf(action), faultsOf(action)]).toEqual([[], [nowhere(unknown)]]);
  });

  test("what another version or organisation has is like what nobody has (T-2)", async () => {
    const { params, create } = await given();
    const key = await world.as("key");
    await world.must(key, "CreateConnectionVersion", { params, body: { name: "2" } });
    const otherVersion = await addDefinitions(world, { ...params, version: "2" }, ["Elsewhere"]);
    const stranger = await world.as("stranger");
    const connection = await createConnection(world, smallConnection(), stranger);
    const foreign = await addDefinitions(world, { connection_id: connection.id, version: "1" }, ["Foreign"], { actor: stranger });
    for (const id of [otherVersion.Elsewhere, foreign.Foreign, world.newId()] as string[]) {
      const action = await create({ definition: { id } });
      expect([linksOf(action), faultsOf(action)]).toEqual([[], [nowhere(id)]]);
    }
    for (const name of ["Elsewhere", "Foreign", "Nobody", "order", "a\u0001b", "%"]) {
      const action = await create({ definition: { name } });
      expect([linksOf(action), action.errors?.length]).toEqual([[], 1]);
    }
  });

  test("what was read is sent back unchanged although a link leads nowhere; without its errors, the link is dropped", async () => {
    const { create, put, read } = await given();
    const action = await create({ definition: { name: "Later" } }, { definition: { name: "Order" } });
    expect(await put(action.name, action)).toEqual(action);
    expect(await read(action)).toEqual(action);
    const { errors: _, ...sound } = action;
    expect(await put(action.name, sound)).toEqual(sound);
    expect(await read(action)).toEqual(sound);
  });

  test("a deleted definition leaves an error with its name, and is used again once there is one of that name", async () => {
    const { params, Order, create, read, change, users } = await given();
    const [one, other] = [await create({ definition: { id: Order }, accept: ["application/json"] }), await create()];
    await change(async (draft) => {
      // Before it is deleted or after, the outcome is the same.
      await recheckWays(draft, chosen(one.id, other.id), new Map([[Order, "Order"]]));
      await deleteDefinitions(draft.tx, draft.org, draft.version.id, [Order]);
    });
    const broken = await read(one);
    expect([linksOf(broken), faultsOf(broken)]).toEqual([[], [nowhere("Order")]]);
    expect(await read(other)).toEqual(other);

    const { Order: again } = await addDefinitions(world, params, ["Order"]);
    await change(recheckMissing);
    const mended = await read(one);
    expect([linksOf(mended), faultsOf(mended)]).toEqual([["Order"], []]);
    expect(at(at(mended.responses, 0).definitions, 0)).toMatchObject({ definition: { id: again }, accept: ["application/json"] });
    expect(await users(again)).toEqual([one.id]);
    const { body: audit } = await world.must(await world.as("key"), "ListAudit", { query: { first: 2 } });
    expect(audit.items.map(({ operation, subject }) => [operation, subject.id])).toEqual(Array(2).fill(["action.updated", one.id]));
  });

  test("a definition that was deleted without its users being told is an error once they are checked", async () => {
    const { Order, create, read, change, check } = await given();
    const action = await create({ definition: { id: Order } });
    await change(async ({ tx, org, version, recorder }) => {
      await deleteDefinitions(tx, org, version.id, [Order]);
      recorder.audit({ operation: "definition.deleted", subject: { type: "definition", id: Order } });
    });
    expect(linksOf(await read(action))).toEqual([]);
    expect(await check()).toMatchObject([{ name: action.name, errors: [{ field: "/responses/0/definitions/0" }] }]);
    await change((draft) => recheckWays(draft, chosen(action.id)));
    expect(faultsOf(await read(action))).toEqual([nowhere(Order)]);
  });

  test("what was found in the schemas of parameters stays when links are checked again, and keeps the version back", async () => {
    const { params, Order, change, check } = await given();
    const key = await world.as("key");
    const parameters = [{ name: "q", in: "query", required: false, type: "string", schema: { pattern: "(?=a)" } } as const];
    const responses = [{ definitions: [{ definition: { id: Order } }] }];
    const { body } = await world.must(key, "CreateAction", { params, body: newAction({ path: "/", parameters, responses }) });
    expect(body.errors).toMatchObject([{ field: "/parameters/0/schema/pattern", severity: "error" }]);
    await change((draft) => recheckWays(draft, chosen(body.id), new Map([[Order, "Order"]])));
    const { body: after } = await world.must(key, "GetAction", { params: { ...params, action_name: body.name } });
    expect(after.errors).toMatchObject([{ field: "/responses/0/definitions/0" }, ...(body.errors ?? [])]);
    expect(await check()).toMatchObject([{ name: body.name, errors: [{}, { field: "/parameters/0/schema/pattern" }] }]);
  });

  test("checking what has not changed writes nothing", async () => {
    const { params, create, change } = await given();
    const actions = [await create({ definition: { name: "Order" } }), await create({ definition: { name: "Later" } })];
    const updatedAt = async () => (await world.must(await world.as("key"), "GetConnection", { params })).body.updatedAt;
    const before = await updatedAt();
    await change((draft) => recheckWays(draft, chosen(...actions.map(({ id }) => id))));
    await change(recheckMissing);
    expect(await updatedAt()).toBe(before);
  });

  test("all actions of a version are checked, however many, and only errors keep it back", async () => {
    const { change, check, create } = await given();
    await create();
    const wrong = new Set<string>();
    await change(async ({ tx, org, version, now }) => {
      const actions = Array.from({ length: 1203 }, (_, index) => {
        const id = world.newId() as ActionId;
        const path = index % 400 === 0 ? "nowhere" : index % 2 === 0 ? "/{id}" : "/";
        if (path === "nowhere") wrong.add(id);
        return {
          id,
          name: `many${index}`,
          document: { type: "http", method: "GET", path, parameters: [], responses: [] } as const,
          errors: [],
        };
      });
      await insertWays(tx, org, version.id, "action", actions, now);
      expect(await waysByIds(tx, org, version.id, "action", wrong as Set<ActionId>)).toHaveLength(4);
    });
    const faulty = await check();
    expect(faulty.map(({ name }) => name)).toEqual(["many0", "many400", "many800", "many1200"]);
    expect(at(faulty, 0)).toMatchObject({ name: "many0", errors: [{ field: "/path", severity: "error" }] });
  });

  test("a version holds 10,000 actions and no more", async () => {
    const { params, change, create } = await given();
    await create();
    await change(({ tx, org, version, now }) => {
      const document = { type: "http", method: "GET", path: "", parameters: [], responses: [] } as const;
      const filling = Array.from({ length: 9998 }, (_, index) => ({
        id: world.newId() as ActionId,
        name: `f${index}`,
        document,
        errors: [],
      }));
      return insertWays(tx, org, version.id, "action", filling, now);
    });
    const { id } = await create();
    const { status, error } = await world.send(await world.as("key"), "CreateAction", { params, body: newAction() });
    expect([status, error.message]).toEqual([400, "A version holds at most 10000 actions."]);
    const { body } = await world.must(await world.as("key"), "GetActions", { params, query: { first: 1 } });
    expect(body).toMatchObject({ totalCount: 10_000, actions: [{ id }] });
  });

  test("definitions are looked up by name in any number", async () => {
    const { change } = await given();
    const names = Array.from({ length: 1200 }, (_, index) => `n${index}`);
    const found = await change(({ tx, org, version }) => headsByNames(tx, org, version.id, [...names, "Order", "a\0b"]));
    expect([...found.keys()]).toEqual(["Order"]);
  });
});
