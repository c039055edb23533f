import { type OperationId, operations } from "@mooring/contract";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import { arrive, haltDestination } from "../harness/events.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { createConnection, createCredential, createSubscription, smallConnection } from "../harness/samples.ts";
import { fieldsOf } from "../harness/scenarios.ts";
import { onEachEngine, type World } from "../harness/world.ts";

interface Page {
  readonly totalCount: number;
  readonly next?: string;
  readonly prev?: string;
  readonly items: readonly { id: string; name: string; updatedAt: string }[];
}

/** Reads a page of any list: what holds its items differs by operation. */
async function page(
  world: World,
  actor: Actor,
  operation: OperationId,
  query: Record<string, string | number>,
  params: Record<string, string> = {},
): Promise<Page> {
  const { totalCount, next, prev, ...rest } = (await world.must(actor, operation, { params, query })).body as unknown as Page &
    Record<string, unknown>;
  return { totalCount, ...(next ? { next } : {}), ...(prev ? { prev } : {}), items: Object.values(rest)[0] as Page["items"] };
}

/** A delivery goes by the event that it is of. */
const idsOf = ({ items }: Page) => items.map((item) => ("event" in item ? String(item.event) : item.id));

onEachEngine("lists", (world) => {
  let actor: Actor;
  let ids: string[];
  beforeAll(async () => {
    // An organisation of its own, so that the counts are this file's own.
    actor = await world.as("strangerKey");
    ids = [];
    for (let index = 0; index < 25; index++) {
      const connection = await createConnection(world, smallConnection({ name: `c${String(index % 7)}` }), actor);
      ids.unshift(connection.id);
    }
    await world
      .must(actor, "CreateBigQueryConnection", { body: { name: "warehouse", environments: smallConnection().environments } })
      .then(({ body }) => ids.unshift(body.id));
  });

  describe("pages", () => {
    test("the first holds 20 where nothing else is asked, newest change first, with the count of all", async () => {
      const { totalCount, next, prev, items } = await page(world, actor, "ListConnections", {});
      expect({ totalCount, next: typeof next, prev, ids: items.map(({ id }) => id) }).toEqual({
        totalCount: 26,
        next: "string",
        prev: undefined,
        ids: ids.slice(0, 20),
      });
    });

    test("`next` leads to the end and `prev` back, each row once", async () => {
      for (const first of [1, 7, 25, 26, 100]) {
        const forth: string[][] = [];
        let current = await page(world, actor, "ListConnections", { first });
        for (forth.push(idsOf(current)); current.next; forth.push(idsOf(current))) {
          current = await page(world, actor, "ListConnections", { first, after: current.next });
          expect(current.prev).toEqual(expect.any(String));
        }
        expect(forth.flat()).toEqual(ids);
        expect(forth.slice(0, -1).every((one) => one.length === first)).toBe(true);
        const back = [idsOf(current)];
        while (current.prev) {
          current = await page(world, actor, "ListConnections", { first, before: current.prev });
          back.unshift(idsOf(current));
        }
        expect(back.flat()).toEqual(ids);
      }
    });

    test("`next` and `prev` are only there where there is such a page", async () => {
      const all = await page(world, actor, "ListConnections", { first: 26 });
      expect(all).not.toHaveProperty("next");
      expect(all).not.toHaveProperty("prev");
      const empty = await page(world, await world.as("key"), "ListConnections", { protocol: "nothing" });
      expect(empty).toEqual({ totalCount: 0, items: [] });
    });

    test.each([
      ["first=0", { first: 0 }, ["first"]],
      ["first=101", { first: 101 }, ["first"]],
      ["first=1.5", { first: 1.5 }, ["first"]],
      ["first=x", { first: "x" }, ["first"]],
      ["after and before", { after: "x", before: "y" }, ["before"]],
    ])("%s is 400", async (_name, query, fields) => {
      const answer = await world.send(actor, "ListConnections", { query });
      expect(answer.status).toBe(400);
      expect(fieldsOf(answer)).toEqual(fields);
    });

    test("a cursor that this list did not give is 400, whatever it holds", async () => {
      const { next = "" } = await page(world, actor, "ListConnections", { first: 1, sort: "name:asc" });
      const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
      const name = "updatedAt:desc,id:desc";
      const hostile = [
        next,
        "x",
        "%",
        encoded([]),
        encoded({}),
        encoded(null),
        encoded([name]),
        encoded([name, "a"]),
        encoded([name, 1, 2]),
        encoded([name, "a\0", "b"]),
        encoded([name, ["a"], {}]),
        "A".repeat(1024),
      ];
      for (const cursor of hostile) {
        for (const side of ["after", "before"]) {
          const answer = await world.send(actor, "ListConnections", { query: { [side]: cursor } });
          expect(answer.status, `${side} ${cursor.slice(0, 40)}: ${answer.text}`).toBe(400);
        }
      }
      const halfCharacter = await world.send(actor, "ListConnections", {
        query: { after: encoded([name, "\ud800", "'; drop table connections"]) },
      });
      expect(halfCharacter.status).toBe(200);
    });
  });

  describe("`sort`", () => {
    const fields = ["id", "name", "protocol", "createdAt", "updatedAt"] as const;
    test.each(fields.flatMap((field) => ["asc", "desc"].map((direction) => `${field}:${direction}`)))(
      "%s orders the whole list, page by page",
      async (sort) => {
        const whole = await page(world, actor, "ListConnections", { first: 100, sort });
        const [field, direction] = sort.split(":");
        const values = whole.items.map((item) => String((item as unknown as Record<string, unknown>)[field ?? ""]));
        const sorted = values.toSorted();
        expect(values).toEqual(direction === "asc" ? sorted : sorted.reverse());
        const paged: string[] = [];
        let after: string | undefined;
        do {
          const current: Page = await page(world, actor, "ListConnections", { first: 9, sort, ...(after ? { after } : {}) });
          paged.push(...idsOf(current));
          after = current.next;
        } while (after);
        expect(paged).toEqual(idsOf(whole));
      },
    );

    test("`name:asc,id:desc` breaks ties by id downwards", async () => {
      const { items } = await page(world, actor, "ListConnections", { first: 100, sort: "name:asc,id:desc" });
      const expected = items.toSorted((one, other) =>
        one.name === other.name ? (one.id < other.id ? 1 : -1) : one.name < other.name ? -1 : 1,
      );
      expect(items).toEqual(expected);
    });

    test.each([
      "name",
      "name:up",
      "secret:asc",
      "name:asc,",
      ",",
      "name:asc;id:desc",
      "NAME:asc",
      "name:asc,name:desc",
      "constructor:asc",
      "name:asc,id:desc,",
      " name:asc",
    ])("%j is 400", async (sort) => {
      const answer = await world.send(actor, "ListConnections", { query: { sort } });
      expect(answer.status, answer.text).toBe(400);
      expect(fieldsOf(answer)).toEqual(["sort"]);
    });
  });

  describe("`protocol`", () => {
    test.each([
      ["HTTP", 25],
      ["t", 25],
      ["query", 1],
      ["QUER", 1],
      ["", 26],
      ["%", 0],
      ["_", 0],
      ["http ", 0],
    ])("%j finds %d, by part and in any case", async (protocol, count) => {
      const { totalCount, items } = await page(world, actor, "ListConnections", { protocol, first: 100 });
      expect([totalCount, items.length]).toEqual([count, count]);
    });
  });

  describe("every list", () => {
    const lists = Object.entries(operations).filter(
      // The record of calls has pages of its own kind, and their tests in control/calls.test.ts.
      ([id, operation]) => id.startsWith("List") && "query" in operation && id !== "ListAuthSchemes" && id !== "ListCalls",
    );
    test.each(lists.map(([id]) => id as OperationId))("%s pages forth and back over the same rows", async (id) => {
      const stranger = await world.as("stranger");
      const [connection_id = ""] = ids;
      const params: Record<string, string> = { connection_id };
      if (id === "ListCredentials") for (let index = 0; index < 4; index++) await createCredential(world, "string", stranger);
      if (id === "ListInvitations") await invite(world, stranger, 3);
      if (id === "ListConnectionVersions")
        for (const name of ["a", "b", "c"]) await world.must(stranger, "CreateConnectionVersion", { params, body: { name } });
      if (id === "ListSubscriptions") for (let index = 0; index < 4; index++) await createSubscription(world, connection_id, {}, stranger);
      if (id === "ListDeliveries") {
        params.subscription_id = (
          await createSubscription(world, connection_id, { destination: { url: "https://8.8.8.8/" } }, stranger)
        ).id;
        await haltDestination(world.mooring.db, stranger.org, params.subscription_id);
      }
      if (id === "ListDeliveries" || id === "ListEvents") await arrive(world.mooring.db, stranger.org, connection_id, [{}, {}, {}, {}]);
      const whole = await page(world, stranger, id, { first: 100 }, params);
      expect(whole.totalCount).toBeGreaterThanOrEqual(1);
      const forth: string[] = [];
      let current = await page(world, stranger, id, { first: 1 }, params);
      for (forth.push(...idsOf(current)); current.next && forth.length < 8; forth.push(...idsOf(current)))
        current = await page(world, stranger, id, { first: 1, after: current.next }, params);
      expect(forth).toEqual(idsOf(whole).slice(0, forth.length));
      while (current.prev) current = await page(world, stranger, id, { first: 1, before: current.prev }, params);
      expect(idsOf(current)).toEqual(idsOf(whole).slice(0, 1));
    });
  });

  test("while rows change, no row is twice, and none is skipped that did not itself move", { timeout: propertyTimeoutMs }, async () => {
    const owner = await world.as("key");
    let made: string[] = [];
    const steps = fc.array(fc.oneof(fc.constant("create"), fc.tuple(fc.constantFrom("touch", "delete"), fc.nat())), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom("", "name:asc", "createdAt:asc", "id:desc"),
        fc.array(steps, { minLength: 1, maxLength: 4 }),
        async (first, sort, rounds) => {
          while (made.length < 8) made.push((await createConnection(world, smallConnection({ name: `n${made.length % 3}` }), owner)).id);
          const still = new Set(made);
          const seen: string[] = [];
          const query = { first, ...(sort === "" ? {} : { sort }) };
          let current = await page(world, owner, "ListConnections", query);
          for (let round = 0; ; round++) {
            seen.push(...idsOf(current));
            if (!current.next) break;
            for (const step of rounds[round] ?? []) {
              const moved = await play(world, owner, step, made);
              if (moved !== undefined) still.delete(moved);
            }
            current = await page(world, owner, "ListConnections", { ...query, after: current.next });
          }
          const there = new Set(idsOf(await page(world, owner, "ListConnections", { first: 100 })));
          const repeated = seen.filter((id, index) => seen.indexOf(id) !== index);
          expect(repeated.filter((id) => still.has(id))).toEqual([]);
          expect([...still].filter((id) => !seen.includes(id))).toEqual([]);
          made = made.filter((id) => there.has(id));
        },
      ),
      { numRuns: trials({ change: 12, long: 1000 }) },
    );
  });
});

async function invite(world: World, actor: Actor, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const { body } = await world.must(actor, "CreateInvitation", { body: { email: `guest${index}@example.com`, role: "viewer" } });
    world.shownOnce.push(new URL(body.url).hash.replace("#token=", ""));
  }
}

/** Creates, changes or deletes a connection. Gives the id of the one that moved, undefined when none did. */
async function play(world: World, actor: Actor, step: string | [string, number], made: string[]): Promise<string | undefined> {
  if (typeof step === "string") {
    made.push((await createConnection(world, smallConnection({ name: "n1" }), actor)).id);
    return made.at(-1);
  }
  const [what, index] = step;
  const connection_id = made[index % made.length] ?? "";
  const { body } = await world.must(actor, "GetConnection", { params: { connection_id } });
  if (what === "touch")
    await world.must(actor, "UpdateConnection", { params: { connection_id }, body: { ...body, name: `${body.name}'` } });
  else if (made.length > 4) {
    await world.must(actor, "DeleteConnection", { params: { connection_id } });
    made.splice(index % made.length, 1);
  }
  return connection_id;
}
