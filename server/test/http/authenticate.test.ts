import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as apiKeys from "../../src/control/api-keys.ts";
import * as members from "../../src/control/members.ts";
import type { Actor } from "../../src/domain/actor.ts";
import { hashKey, makeKey } from "../../src/domain/api-key.ts";
import { type Authenticator, createAuthenticator } from "../../src/http/authenticate.ts";
import type { ApiKeyId, OrganisationId, UserId } from "../../src/kernel/ids.ts";
import { type ChangeFeed, createChangeFeed } from "../../src/store/changes.ts";
import type { Change, Database } from "../../src/store/database.ts";
import { engines, type Place } from "../harness/engines.ts";
import { cookieOf, createWorld, days, type World } from "../people/world.ts";

/** A database that counts what is read, so that "no query" is a number. */
function counted(db: Database): Database & { reads: number } {
  const counting = { ...db, reads: 0 };
  counting.read = (reach, work) => {
    counting.reads++;
    return db.read(reach, work);
  };
  return counting;
}

describe.each(engines)("who calls, on $name", ({ prepare }) => {
  let place: Place;
  let db: ReturnType<typeof counted>;
  let world: World;
  let authenticator: Authenticator;
  let org: OrganisationId;
  let owner: Actor;

  beforeAll(async () => {
    place = await prepare();
    db = counted(await place.open());
    world = createWorld(db);
    authenticator = authenticatorOn(db);
    ({ org, owner } = await world.organisation("Home"));
  });
  afterAll(async () => {
    await authenticator.close();
    await db.close();
    await place.remove();
  });

  const authenticatorOn = (database: Database) => {
    const { clock, log, people, publicUrl } = world;
    return createAuthenticator({ db: database, clock, log, people, publicUrl });
  };
  const makeOne = (rest: object = {}) =>
    apiKeys.create(world.deps, { actor: owner, requestId: "r" }, { name: "k", scopes: ["connections:read"], ...rest });
  const bearer = (key: string) => ({ method: "GET", headers: { authorization: `Bearer ${key}` } });
  const codeOf = async (work: () => unknown) => {
    try {
      await work();
      return "known";
    } catch (error) {
      return (error as { code?: string }).code ?? error;
    }
  };
  const check = (key: string, within: string = org, by = authenticator) => codeOf(() => by.actorFor(bearer(key), within));

  /** Until every announcement made so far was heard: PostgreSQL tells of a node's own changes once more, a little later. */
  async function quiet(): Promise<void> {
    const id = world.newId<string>();
    let left = db.engine === "postgres" ? 2 : 1;
    await new Promise<void>((resolve, reject) => {
      const stop = db.changes.subscribe((change) => {
        if ("id" in change && change.id === id) left--;
        if (left > 0) return;
        stop();
        resolve();
      });
      db.write(org, async (tx) => tx.announce({ kind: "member", org, id })).catch(reject);
    });
  }

  test("a key that was met before is told at once and without a query (A-1)", async () => {
    const { key, id } = await makeOne({ scopes: ["connections:read", "secrets:write"] });
    await quiet();
    expect(await authenticator.actorFor(bearer(key), org)).toMatchObject({ kind: "api-key", id, org, mayChangeProductionSecrets: true });
    const before = db.reads;
    for (let call = 0; call < 100; call++) {
      const actor = authenticator.actorFor(bearer(key), org);
      expect(actor).not.toBeInstanceOf(Promise);
      expect((actor as Actor).scopes).toEqual(new Set(["connections:read", "secrets:write"]));
    }
    expect(db.reads).toBe(before);
  });

  test("a revoked key is refused at once, and one made after it was refused is known at once", async () => {
    const { key, id } = await makeOne();
    expect(await check(key)).toBe("known");
    await apiKeys.remove(world.deps, { actor: owner, requestId: "r" }, id as ApiKeyId);
    expect(await check(key)).toBe("unauthenticated");

    const wanted = makeKey();
    expect([await check(wanted), await check(wanted)]).toEqual(["unauthenticated", "unauthenticated"]);
    const other = await makeOne();
    await db.write(org, async (tx) => {
      await tx.run(sql`update api_keys set key_hash = ${hashKey(wanted)} where id = ${other.id}`);
      tx.announce({ kind: "api-key", org, id: other.id });
    });
    expect(await check(wanted)).toBe("known");
  });

  test("a flood of one wrong key asks the database once", async () => {
    await quiet();
    const wrong = makeKey();
    const before = db.reads;
    for (let call = 0; call < 50; call++) expect(await check(wrong)).toBe("unauthenticated");
    expect(db.reads).toBe(before + 1);
  });

  test("a key is refused from the moment it ends, also when it was met before", async () => {
    const { key } = await makeOne({ expiresAt: new Date(world.clock.now().getTime() + days(1)).toISOString() });
    expect(await check(key)).toBe("known");
    world.clock.forward(days(1));
    expect(await check(key)).toBe("unauthenticated");
  });

  test("a change that comes while a key is being read leaves nothing old behind", async () => {
    const { key, id } = await makeOne();
    let atRead = async () => {};
    const slow: Database = {
      ...db,
      read: async (reach, work) => {
        const result = await db.read(reach, work);
        await atRead();
        return result;
      },
    };
    const racing = authenticatorOn(slow);
    atRead = async () => {
      atRead = async () => {};
      await apiKeys.remove(world.deps, { actor: owner, requestId: "r" }, id as ApiKeyId);
    };
    await check(key, org, racing);
    expect(await check(key, org, racing)).toBe("unauthenticated");
    await racing.close();
  });

  test("while other nodes cannot be heard, nothing kept is used", async () => {
    const { key, id } = await makeOne();
    let isLive = true;
    const changes: ChangeFeed & { publish(change: Change): void } = createChangeFeed(() => isLive);
    const deaf = authenticatorOn({ ...db, changes });
    expect(await check(key, org, deaf)).toBe("known");
    isLive = false;
    await db.write(org, (tx) => tx.run(sql`delete from api_keys where id = ${id}`));
    expect(await check(key, org, deaf)).toBe("unauthenticated");
    await deaf.close();
  });

  test("limits reach the actor", async () => {
    const limited = world.newId();
    await db.write(org, (tx) =>
      tx.run(sql`
        insert into api_keys (org_id, id, name, key_hash, hint, scopes, connections, created_by, created_at, updated_at)
        values (${org}, ${limited}, 'l', ${hashKey("a key of thirty-two characters, or".replaceAll(" ", "-"))}, 'a', '["gateway:call"]', '["C"]', 'x', 'x', 'x')
      `),
    );
    const actor = await authenticator.actorFor(bearer("a-key-of-thirty-two-characters,-or"), org);
    expect(actor).toMatchObject({ id: limited, connections: new Set(["C"]) });
    expect(actor.environments).toBeUndefined();
  });

  test("the last use is written down to the minute, not per call", async () => {
    const { key, id } = await makeOne();
    const using = authenticatorOn(db);
    for (let call = 0; call < 10; call++) await check(key, org, using);
    await using.close();
    const { lastUsedAt } = await apiKeys.get(world.deps, { actor: owner, requestId: "r" }, id as ApiKeyId);
    expect(lastUsedAt).toMatch(/:00\.000Z$/);
  });

  test("a session speaks for its person in their organisations, with their role", async () => {
    const viewer = await world.member(org, "viewer");
    const cookie = await cookieFor(viewer.id as UserId);
    const asked = () => authenticator.actorFor({ method: "GET", headers: { cookie } }, org);
    expect(await asked()).toMatchObject({
      kind: "person",
      id: viewer.id,
      role: "viewer",
      scopes: new Set(["connections:read", "events:read"]),
    });
    await members.update(world.deps, { actor: owner, requestId: "r" }, viewer.id as UserId, { role: "developer" });
    expect(await asked()).toMatchObject({ role: "developer", mayChangeProductionSecrets: false });
    await members.remove(world.deps, { actor: owner, requestId: "r" }, viewer.id as UserId);
    expect(await codeOf(asked)).toBe("not_found");
    expect(await authenticator.identify({ method: "GET", headers: { cookie } })).toMatchObject({
      kind: "person",
      person: { id: viewer.id },
    });
  });

  test("a malformed, an unknown and another's organisation are one answer, for a key and for a person", async () => {
    const other = await world.organisation("Other");
    const { key } = await makeOne();
    const cookie = await cookieFor(owner.id as UserId);
    for (const within of ["", "x", "x'; drop table members", world.newId<string>(), other.org, org.toLowerCase()]) {
      expect([
        await check(key, within),
        await codeOf(() => authenticator.actorFor({ method: "GET", headers: { cookie } }, within)),
      ]).toEqual(["not_found", "not_found"]);
    }
  });

  test("where Authorization is sent it decides alone", async () => {
    const cookie = await cookieFor(owner.id as UserId);
    for (const authorization of ["", "Basic eDp5", "Bearer", "Bearer  ", `Bearer ${makeKey()}`, `Bearer ${"x".repeat(5000)}`]) {
      expect(await codeOf(() => authenticator.actorFor({ method: "GET", headers: { cookie, authorization } }, org))).toBe(
        "unauthenticated",
      );
      expect(await codeOf(() => authenticator.identify({ method: "GET", headers: { cookie, authorization } }))).toBe("unauthenticated");
    }
    const { key } = await makeOne();
    expect(await codeOf(() => authenticator.actorFor({ method: "POST", headers: { cookie, authorization: `bearer ${key}` } }, org))).toBe(
      "known",
    );
  });

  const own = "http://127.0.0.1:9001";
  const csrf = { "mooring-csrf": "1" };
  test.each([
    ["GET", {}, "api", "known"],
    ["HEAD", { "sec-fetch-site": "cross-site" }, "api", "known"],
    ["GET", {}, "gateway", "csrf"],
    ["GET", { "sec-fetch-site": "same-origin" }, "gateway", "csrf"],
    ["GET", { ...csrf, "sec-fetch-site": "same-origin" }, "gateway", "known"],
    ["POST", {}, "api", "csrf"],
    ["POST", csrf, "api", "known"],
    ["POST", { ...csrf, origin: own }, "api", "known"],
    ["POST", { ...csrf, "sec-fetch-site": "same-origin", origin: "http://localhost:9001" }, "api", "known"],
    ["POST", { "sec-fetch-site": "same-origin", origin: own }, "api", "csrf"],
    ["POST", { ...csrf, "sec-fetch-site": "same-site" }, "api", "csrf"],
    ["POST", { ...csrf, "sec-fetch-site": "cross-site", origin: own }, "api", "csrf"],
    ["POST", { ...csrf, "sec-fetch-site": "none" }, "api", "csrf"],
    ["POST", { ...csrf, origin: "https://evil.example" }, "api", "csrf"],
    ["POST", { ...csrf, origin: "null" }, "api", "csrf"],
    ["DELETE", { "mooring-csrf": "true" }, "api", "csrf"],
    ["PATCH", {}, "api", "csrf"],
  ] as const)("with a cookie, %s and %j at the %s: %s (A-4)", async (method, headers, door, outcome) => {
    const cookie = await cookieFor(owner.id as UserId);
    expect(await codeOf(() => authenticator.actorFor({ method, headers: { ...headers, cookie } }, org, door))).toBe(outcome);
  });

  test("nobody is nobody", async () => {
    expect(await codeOf(() => authenticator.actorFor({ method: "GET", headers: {} }, org))).toBe("unauthenticated");
    expect(await codeOf(() => authenticator.actorFor({ method: "GET", headers: { cookie: "cookie=nonsense" } }, org))).toBe(
      "unauthenticated",
    );
    expect(await codeOf(() => authenticator.actorFor({ method: "GET", headers: { cookie: "cookie=%ZZ%" } }, "x"))).toBe("unauthenticated");
  });

  if (prepare === engines[1]?.prepare) {
    test("a key revoked on one node is refused by the other within a second (A-1)", async () => {
      const other = await place.open();
      const there = authenticatorOn(other);
      for (let round = 0; round < 20; round++) {
        const { key, id } = await makeOne();
        expect(await check(key, org, there)).toBe("known");
        const revoked = performance.now();
        await apiKeys.remove(world.deps, { actor: owner, requestId: "r" }, id as ApiKeyId);
        while ((await check(key, org, there)) === "known" && performance.now() - revoked < 1000)
          await new Promise((done) => setTimeout(done, 2));
        expect(await check(key, org, there)).toBe("unauthenticated");
      }
      await there.close();
      await other.close();
    });
  }

  async function cookieFor(id: UserId): Promise<string> {
    const { hash } = await world.people.createSignInLink(id);
    const body = { token: hash.slice("#token=".length) };
    return cookieOf(
      await world.people.handle({ method: "POST", path: "/auth/sign-in/link", headers: {}, peer: `10.${++peers % 250}.0.1`, body }),
    );
  }
});

let peers = 0;
