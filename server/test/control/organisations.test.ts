import { crc32 } from "node:zlib";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as apiKeys from "../../src/control/api-keys.ts";
import type { Call } from "../../src/control/change.ts";
import * as invitations from "../../src/control/invitations.ts";
import * as members from "../../src/control/members.ts";
import * as organisations from "../../src/control/organisations.ts";
import type { Actor } from "../../src/domain/actor.ts";
import { makeKey } from "../../src/domain/api-key.ts";
import type { Caller } from "../../src/domain/person.ts";
import { type ApiKeyId, type ConnectionId, isUlid, type OrganisationId, type UserId } from "../../src/kernel/ids.ts";
import { insertConnection } from "../../src/store/connections.ts";
import type { Database } from "../../src/store/database.ts";
import { engines, type Place } from "../harness/engines.ts";
import { createWorld, days, type World } from "../people/world.ts";

const page = { first: 100 };

describe.each(engines)("organisations on $name", ({ prepare }) => {
  let place: Place;
  let db: Database;
  let world: World;
  let deps: invitations.InvitationDeps & organisations.OrganisationDeps;

  beforeAll(async () => {
    place = await prepare();
    db = await place.open();
    world = createWorld(db);
    deps = { ...world.deps, publicUrl: world.publicUrl, hashPassword: world.passwords.hash };
  });
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  const as = (actor: Actor, rest: Partial<Call> = {}): Call => ({ actor, requestId: "request", ...rest });
  const callerOf = async (id: UserId, email: string): Promise<Caller> => ({ kind: "person", person: { id, name: "P", email } });
  const keyActor = (org: OrganisationId, rest: Partial<Actor>): Actor => ({
    kind: "api-key",
    id: world.newId<ApiKeyId>(),
    org,
    scopes: new Set(["organisation:admin"]),
    mayChangeProductionSecrets: false,
    ...rest,
  });
  const auditOf = (org: OrganisationId) =>
    db.read(org, (tx) =>
      tx.all(sql<{ operation: string; changes: string }>`select operation, changes from audit where org_id = ${org} order by id`),
    );
  const tokenIn = (url: string) => new URL(url).hash.slice("#token=".length);
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => "done",
      (error) => error.code ?? error,
    );

  test("whoever makes one owns it, with a data key, and sees their own alone", async () => {
    const id = await world.person("maker@example.com");
    const caller = await callerOf(id, "maker@example.com");
    const made = await organisations.create(deps, { caller, requestId: "r" }, { name: "Made" });
    await world.organisation("Somebody else's");
    expect(await organisations.list(deps, { caller }, page)).toEqual({ totalCount: 1, items: [made] });
    const org = made.id as OrganisationId;
    expect(await db.read(org, (tx) => tx.all(sql`select org_id from data_keys where org_id = ${org}`))).toHaveLength(1);
    expect(await db.read({ user: id }, (tx) => members.actorOf({ db }, id, org).then(() => tx.engine))).toBe(place.engine);
    expect(await members.actorOf(deps, id, org)).toMatchObject({ role: "owner", mayChangeProductionSecrets: true });
    expect((await auditOf(org)).map(({ operation }) => operation)).toEqual(["organisation.created"]);
  });

  test("a key lists its own and makes none", async () => {
    const { org } = await world.organisation("Key's");
    const caller: Caller = { kind: "api-key", actor: keyActor(org, {}) };
    expect(await organisations.list(deps, { caller }, page)).toMatchObject({ totalCount: 1, items: [{ id: org }] });
    expect(await codeOf(organisations.create(deps, { caller, requestId: "r" }, { name: "x" }))).toBe("forbidden");
  });

  test("a repeated creation with one Idempotency-Key makes one organisation, and another name with it is refused (B-3)", async () => {
    const caller = await callerOf(await world.person("once@example.com"), "once@example.com");
    const make = (name: string) => organisations.create(deps, { caller, requestId: "r", idempotencyKey: "k-1" }, { name });
    const answers = await Promise.all([make("Once"), make("Once"), make("Once")]);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(isUlid(answers[0]?.id ?? "")).toBe(true);
    expect(await codeOf(make("Other"))).toBe("idempotency_mismatch");
    expect((await organisations.list(deps, { caller }, page)).totalCount).toBe(1);
  });

  test("a rename is audited, and refused when the caller built on another state", async () => {
    const { org, owner } = await world.organisation("Before");
    expect(await organisations.update(deps, as(owner), { name: "After" })).toMatchObject({ id: org, name: "After" });
    expect(await codeOf(organisations.update(deps, as(owner, { ifMatch: '"old"' }), { name: "Again" }))).toBe("precondition_failed");
    expect(await organisations.get(deps, as(owner))).toMatchObject({ name: "After" });
    expect((await auditOf(org)).at(-1)).toEqual({
      operation: "organisation.updated",
      changes: JSON.stringify([{ field: "name", before: "Before", after: "After" }]),
    });
  });

  test.each([
    ["owner", "owner", "viewer", "done"],
    ["owner", "viewer", "owner", "done"],
    ["admin", "viewer", "developer", "done"],
    ["admin", "developer", "admin", "done"],
    ["admin", "viewer", "owner", "forbidden"],
    ["admin", "owner", "viewer", "forbidden"],
  ] as const)("an %s makes a %s %s: %s", async (actorRole, from, to, outcome) => {
    const { org, owner } = await world.organisation("Roles");
    const actor = actorRole === "owner" ? owner : await world.member(org, actorRole);
    const target = await world.member(org, from);
    expect(await codeOf(members.update(deps, as(actor), target.id as UserId, { role: to }))).toBe(outcome);
    const role = (await members.get(deps, as(owner), target.id as UserId)).role;
    expect(role).toBe(outcome === "done" ? to : from);
    expect(await codeOf(members.remove(deps, as(actor), target.id as UserId))).toBe(
      outcome === "forbidden" && from === "owner" ? "forbidden" : "done",
    );
  });

  test("a key makes nobody more than itself", async () => {
    const { org, owner } = await world.organisation("Keys and roles");
    const target = await world.member(org, "viewer");
    const limited = keyActor(org, {
      scopes: new Set(["organisation:admin", "connections:read", "events:read"]),
      connections: new Set(["x"]),
    });
    const narrow = keyActor(org, { scopes: new Set(["organisation:admin", "connections:read", "events:read"]) });
    const full = keyActor(org, { scopes: owner.scopes });
    const outcomes = [limited, narrow, full].map((actor) =>
      codeOf(invitations.create(deps, as(actor), { email: "k@example.com", role: "admin" })),
    );
    expect(await Promise.all(outcomes)).toEqual(["forbidden", "forbidden", "done"]);
    expect(await codeOf(members.update(deps, as(full), target.id as UserId, { role: "owner" }))).toBe("forbidden");
    expect(await codeOf(members.remove(deps, as(narrow), target.id as UserId))).toBe("done");
  });

  test("the last owner stays, however many try at once", async () => {
    for (let round = 0; round < 10; round++) {
      const { org, owner } = await world.organisation("Owners");
      const second = await world.member(org, "owner");
      const outcomes = await Promise.all([
        codeOf(members.update(deps, as(owner), second.id as UserId, { role: "viewer" })),
        codeOf(members.remove(deps, as(second), owner.id as UserId)),
      ]);
      expect(outcomes.sort()).toEqual(["done", "last_owner"]);
      const { items } = await members.list(deps, as(owner), page);
      expect(items.filter(({ role }) => role === "owner")).toHaveLength(1);
    }
  });

  test("an invitation makes one account and one member, even for 10 at the same moment", async () => {
    const { org, owner } = await world.organisation("Inviting");
    const invited = await invitations.create(deps, as(owner), { email: "New.Person@Example.com", role: "developer" });
    expect(invited.url).toMatch(/^http:\/\/127\.0\.0\.1:9001\/console\/invitation#token=[\w-]{43}$/);
    const take = () =>
      invitations.accept(
        deps,
        { caller: undefined, requestId: "r" },
        { token: tokenIn(invited.url), name: "New", password: "twelve letters" },
      );
    const taken = await Promise.all(Array.from({ length: 10 }, () => codeOf(take())));
    expect(taken.filter((outcome) => outcome === "done")).toHaveLength(1);
    // Who came after the account was made is told to sign in.
    expect(taken.filter((outcome) => !["done", "not_found", "unauthenticated"].includes(outcome))).toEqual([]);
    const { items } = await members.list(deps, as(owner), page);
    expect(items.map(({ email, role }) => [email, role])).toContainEqual(["new.person@example.com", "developer"]);
    expect(items).toHaveLength(2);
    expect((await invitations.list(deps, as(owner), page)).items).toEqual([]);
    const dump = await db.read(org, (tx) => tx.all(sql`select * from audit`));
    expect(JSON.stringify(dump)).not.toContain(tokenIn(invited.url));
  });

  test("an account that exists is joined only by who is signed in to it, and its password stays", async () => {
    const { owner } = await world.organisation("Joining");
    const id = await world.person("taken@example.com", "the first password");
    const { url } = await invitations.create(deps, as(owner), { email: "taken@example.com", role: "viewer" });
    const given = { token: tokenIn(url), name: "Mallory", password: "another password" };
    expect(await codeOf(invitations.accept(deps, { caller: undefined, requestId: "r" }, given))).toBe("unauthenticated");
    const caller = await callerOf(id, "taken@example.com");
    const { member } = await invitations.accept(deps, { caller, requestId: "r" }, given);
    expect(member).toMatchObject({ id, role: "viewer", name: "taken" });
    const signIn = (password: string) =>
      world.people.handle({
        method: "POST",
        path: "/auth/sign-in/password",
        headers: {},
        peer: "::1",
        body: { email: "taken@example.com", password },
      });
    expect([await codeOf(signIn("another password")), await codeOf(signIn("the first password"))]).toEqual(["unauthenticated", "done"]);
  });

  test("an invitation ends after 7 days, when taken back, and when a newer one is made", async () => {
    const { owner } = await world.organisation("Ending");
    const make = () => invitations.create(deps, as(owner), { email: "late@example.com", role: "viewer" });
    const take = (url: string) =>
      codeOf(
        invitations.accept(deps, { caller: undefined, requestId: "r" }, { token: tokenIn(url), name: "L", password: "twelve letters" }),
      );
    const [first, second] = [await make(), await make()];
    expect(await take(first.url)).toBe("not_found");
    await invitations.remove(deps, as(owner), second.id);
    expect(await take(second.url)).toBe("not_found");
    expect(await codeOf(invitations.remove(deps, as(owner), second.id))).toBe("not_found");
    const third = await make();
    world.clock.forward(days(7) + 1);
    expect(await take(third.url)).toBe("not_found");
    expect((await invitations.list(deps, as(owner), page)).items).toEqual([]);
  });

  test.each([["short"], [undefined], ["x".repeat(129)]])("a new person cannot choose the password %s", async (password) => {
    const { owner } = await world.organisation("Passwords");
    const { url } = await invitations.create(deps, as(owner), { email: `n${world.newId().toLowerCase()}@example.com`, role: "viewer" });
    const accept = (chosen: string | undefined) =>
      invitations.accept(
        deps,
        { caller: undefined, requestId: "r" },
        { token: tokenIn(url), name: "N", ...(chosen ? { password: chosen } : {}) },
      );
    await expect(accept(password)).rejects.toMatchObject({ code: "invalid_request", fields: [{ field: "password" }] });
    expect(await codeOf(accept("this one is fine"))).toBe("done");
  });

  test("a key is shown once and kept as a hash (A-1)", async () => {
    const { org, owner } = await world.organisation("Keys");
    const made = await apiKeys.create(deps, as(owner), { name: "ci", scopes: ["connections:read"] });
    expect(made.key).toMatch(/^moor_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(made.key.startsWith(made.prefix)).toBe(true);
    const { key, ...noun } = made;
    expect(await apiKeys.get(deps, as(owner), made.id as ApiKeyId)).toEqual(noun);
    const rows = await db.read(org, async (tx) => [
      ...(await tx.all(sql`select * from api_keys`)),
      ...(await tx.all(sql`select * from audit`)),
    ]);
    expect(JSON.stringify(rows)).not.toContain(key.slice(12));
  });

  test("a key's limits are its organisation's own, its scopes its maker's, its end ahead (T-2)", async () => {
    const { org, owner } = await world.organisation("Limits");
    const other = await world.organisation("Other limits");
    const [own, foreign] = [await connectionIn(org), await connectionIn(other.org)];
    const make = (rest: object, actor = owner) => apiKeys.create(deps, as(actor), { name: "k", scopes: ["connections:read"], ...rest });
    expect(await make({ connections: [own] })).toMatchObject({ connections: [own] });
    await expect(make({ connections: [own, foreign], environments: [own] })).rejects.toMatchObject({
      code: "invalid_request",
      fields: [{ field: "connections[1]" }, { field: "environments[0]" }],
    });
    await expect(make({ expiresAt: "2001-01-01T00:00:00Z" })).rejects.toMatchObject({ fields: [{ field: "expiresAt" }] });
    expect(await codeOf(make({ scopes: ["gateway:call"] }, keyActor(org, {})))).toBe("forbidden");
    expect(await codeOf(make({}, keyActor(org, { scopes: owner.scopes, environments: new Set([own]) })))).toBe("forbidden");
    expect((await apiKeys.list(deps, as(owner), page)).items).toHaveLength(1);
  });

  test("another organisation's ids are unknown", async () => {
    const [{ owner }, other] = [await world.organisation("A"), await world.organisation("B")];
    const foreignMember = await world.member(other.org, "viewer");
    const foreignKey = await apiKeys.create(deps, as(other.owner), { name: "k", scopes: ["connections:read"] });
    const foreignInvitation = await invitations.create(deps, as(other.owner), { email: "f@example.com", role: "viewer" });
    const outcomes = await Promise.all([
      codeOf(members.get(deps, as(owner), foreignMember.id as UserId)),
      codeOf(members.update(deps, as(owner), foreignMember.id as UserId, { role: "viewer" })),
      codeOf(members.remove(deps, as(owner), foreignMember.id as UserId)),
      codeOf(apiKeys.get(deps, as(owner), foreignKey.id as ApiKeyId)),
      codeOf(apiKeys.remove(deps, as(owner), foreignKey.id as ApiKeyId)),
      codeOf(invitations.remove(deps, as(owner), foreignInvitation.id)),
    ]);
    expect(outcomes).toEqual(Array(6).fill("not_found"));
    expect((await members.list(deps, as(other.owner), page)).items).toHaveLength(2);
  });

  async function connectionIn(org: OrganisationId): Promise<string> {
    const id = world.newId<ConnectionId>();
    await db.write(org, (tx) =>
      insertConnection(
        tx,
        org,
        id,
        { name: "c", protocol: "http", baseUrl: "https://example.com", authSchemeConfigs: [], variables: [] },
        world.clock.now(),
      ),
    );
    return id;
  }
});

test("a new key says what it is: prefix, 256 random bits, checksum", () => {
  const key = makeKey();
  const [, body = "", checksum = ""] = /^moor_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/.exec(key) ?? [];
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const number = [...checksum].reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
  expect(number).toBe(crc32(body));
  expect(makeKey()).not.toBe(key);
});
