import { type ActionDefinitionCreate, ActionHTTPCreate, type OperationId, type Trigger, TriggerHTTPCreate } from "@mooring/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { arbitraryOf } from "../../../contract/test/arbitrary.ts";
import type { Sent } from "../harness/client.ts";
import { addDefinitions, type HTTPAction, newAction } from "../harness/content.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { createConnection, smallConnection } from "../harness/samples.ts";
import { differenceOf, storedOf } from "../harness/stored.ts";
import { onEachEngine } from "../harness/world.ts";

const rounds = trials({ change: 3, long: 100 });
const timeout = 60_000 + rounds * 10_000;

/** Actions and triggers, which are written and read alike. */
const kinds = [
  { kind: "actions", create: "CreateAction", get: "GetAction", update: "UpdateAction", name: "action_name", shape: ActionHTTPCreate },
  { kind: "triggers", create: "CreateTrigger", get: "GetTrigger", update: "UpdateTrigger", name: "trigger_name", shape: TriggerHTTPCreate },
] as const;

onEachEngine("actions and triggers of every kind", (world) => {
  const given = async () => {
    const { id } = await createConnection(world, smallConnection());
    return { connection_id: id, version: "1" };
  };
  const send = async <Id extends OperationId>(operation: Id, sent: Sent) => world.send(await world.as("key"), operation, sent);

  test.each(kinds)(
    "$kind: what was created is what is read, and what was read may be sent back and changes nothing",
    {
      timeout: propertyTimeoutMs,
    },
    async ({ create, get, update, name, shape }) => {
      const params = await given();
      // Of the names that the generator gives, one is there; its ids never are.
      const ids = await addDefinitions(world, params, ["orders"]);
      await fc.assert(
        fc.asyncProperty(arbitraryOf(shape), async (generated) => {
          const body = { ...(generated as ActionHTTPCreate | TriggerHTTPCreate), name: `a${world.newId()}` };
          const created = await world.must(await world.as("key"), create, { params, body });
          const at = { ...params, [name]: body.name };
          const read = await world.must(await world.as("key"), get, { params: at });
          expect(read.text).toBe(created.text);
          expect(read.headers.get("etag")).toBe(created.headers.get("etag"));
          expect(withoutOwn(read.body as HTTPAction | Trigger)).toEqual(withoutIgnored(body, ids));

          const before = await storedOf(world.mooring.db, world.mooring.bootstrap.organisation);
          const put = await world.must(await world.as("key"), update, { params: at, body: read.body });
          expect(put.text).toBe(read.text);
          expect(differenceOf(before, await storedOf(world.mooring.db, world.mooring.bootstrap.organisation))).toEqual([]);
        }),
        { numRuns: trials({ change: 40, long: 3000 }) },
      );
    },
  );

  test("changes and a publication at once: what was answered is there, and nothing lands behind it", { timeout }, async () => {
    for (let round = 0; round < rounds; round++) {
      const params = await given();
      const first = await send("CreateAction", { params, body: newAction({ name: "first" }) });
      const [made, edited] = [["first"], [undefined as string | undefined]];
      const create = async () => {
        const name = `a${world.newId()}`;
        const { status } = await send("CreateAction", { params, body: newAction({ name }) });
        if (status === 201) made.push(name);
        return status;
      };
      const edit = async () => {
        const summary = `s${world.newId()}`;
        const { status } = await send("UpdateAction", { params: { ...params, action_name: "first" }, body: { ...first.body, summary } });
        if (status === 200) edited.push(summary);
        return status;
      };
      const publish = async () => {
        while (made.length + edited.length < 20) await new Promise(setImmediate);
        expect((await send("PublishConnection", { params })).status).toBe(200);
      };
      const refused = await Promise.all([untilRefused(create), untilRefused(edit), untilRefused(create), untilRefused(edit), publish()]);
      expect(refused.slice(0, 4)).toEqual([409, 409, 409, 409]);
      const { body } = await send("GetActions", { params, query: { first: 100 } });
      expect(body.totalCount).toBe(made.length);
      expect(body.actions.every(({ name }) => made.includes(name))).toBe(true);
      const read = await send("GetAction", { params: { ...params, action_name: "first" } });
      expect(edited.slice(-2)).toContain(read.body.summary);
    }
  });

  test("of many edits that build on the same state one is done, the others are 412 (B-2)", { timeout }, async () => {
    for (let round = 0; round < rounds; round++) {
      const params = await given();
      const { body, headers } = await send("CreateAction", { params, body: newAction() });
      const at = { ...params, action_name: "createOrder" };
      const edits = Array.from({ length: 20 }, async (_, index) => {
        const sent = { params: at, body: { ...body, summary: `s${index}` }, headers: { "if-match": headers.get("etag") ?? "" } };
        return send("UpdateAction", sent);
      });
      const answers = await Promise.all(edits);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(412)]);
      expect((await send("GetAction", { params: at })).text).toBe(answers.find(({ status }) => status === 200)?.text);
    }
  });

  test("of many actions that take one name at once one is made, the others are 409 name_taken (B-4)", { timeout }, async () => {
    for (let round = 0; round < rounds; round++) {
      const params = await given();
      const answers = await Promise.all(Array.from({ length: 20 }, () => send("CreateAction", { params, body: newAction() })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
      expect((await send("GetActions", { params })).body).toMatchObject({ totalCount: 1 });
    }
  });
});

/** Does it again and again; gives the status that ended it. */
async function untilRefused(attempt: () => Promise<number>): Promise<number> {
  for (let tries = 0; tries < 10_000; tries++) {
    const status = await attempt();
    if (status >= 400) return status;
  }
  throw new Error("It was never refused.");
}

/** What it reads as, without what Mooring adds: ids, faults, and of definitions all but which they are. */
function withoutOwn({ id: _, errors: __, requestBody, responses, ...rest }: HTTPAction | Trigger): object {
  const links = (all: HTTPAction["responses"][number]["definitions"]) =>
    all.map(({ definition: { id, name }, accept }) => ({ id, name, ...(accept ? { accept } : {}) }));
  return {
    ...rest,
    ...(requestBody ? { requestBody: { ...requestBody, definitions: links(requestBody.definitions) } } : {}),
    responses: responses.map(({ id: _, definitions, ...response }) => ({ ...response, definitions: links(definitions) })),
  };
}

/** The same of what was sent: a reference by a name that is there stays, one by any other name or by an id leads nowhere. */
function withoutIgnored(
  { requestBody, responses, ...rest }: ActionHTTPCreate | TriggerHTTPCreate,
  ids: Readonly<Record<string, string>>,
): object {
  const links = (all: readonly ActionDefinitionCreate[]) =>
    all.flatMap(({ definition: { id, name = "" }, accept }) =>
      id === undefined && ids[name] !== undefined ? [{ id: ids[name], name, ...(accept ? { accept } : {}) }] : [],
    );
  return {
    ...rest,
    ...(requestBody ? { requestBody: { ...requestBody, definitions: links(requestBody.definitions) } } : {}),
    responses: responses.map(({ id: _, definitions, ...response }) => ({ ...response, definitions: links(definitions) })),
  };
}
