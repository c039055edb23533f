import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AuthRequest } from "../../src/people/people.ts";
import type { Database } from "../../src/store/database.ts";
import { ofNobody } from "../../src/store/people.ts";
import { engines, type Place } from "../harness/engines.ts";
import { cookieOf, createWorld, days, minutes, type World } from "./world.ts";

describe.each(engines)("sessions on $name (A-3)", ({ prepare }) => {
  let place: Place;
  let db: Database;
  let world: World;

  beforeAll(async () => {
    place = await prepare();
    db = await place.open();
  });
  beforeEach(() => {
    world = createWorld(db);
  });
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  let peers = 0;
  const password = "correct horse battery";
  const request = (line: string, rest: Partial<AuthRequest> = {}): AuthRequest => {
    const [method = "", path = ""] = line.split(" ");
    return { method, path, headers: {}, body: undefined, peer: `192.0.2.${++peers % 250}`, ...rest };
  };
  const signIn = (email: string, headers: AuthRequest["headers"] = {}) =>
    world.people.handle(request("POST /auth/sign-in/password", { headers, body: { email, password } }));
  const isSignedIn = async (cookie: string) => (await world.people.session({ cookie })) !== undefined;
  const newEmail = () => `p-${world.newId().toLowerCase()}@example.com`;

  test("the id has 256 bits, and the database holds only its hash", async () => {
    const email = newEmail();
    await world.person(email, password);
    const cookie = cookieOf(await signIn(email));
    const token = /^cookie=([\w-]+)\./.exec(cookie)?.[1] ?? "";
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    const rows = await db.read(ofNobody, (tx) => tx.all(sql<Record<string, unknown>>`select * from sessions`));
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await isSignedIn(cookie)).toBe(true);
    for (const { token: stored } of rows) expect(await isSignedIn(cookie.replace(token, String(stored)))).toBe(false);
  });

  test("the cookie is out of scripts' reach, and on https bound to this host", async () => {
    const email = newEmail();
    await world.person(email, password);
    expect((await signIn(email)).cookies).toEqual([expect.stringMatching(/^cookie=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/)]);
    const secure = createWorld(db, { publicUrl: new URL("https://mooring.example.com") });
    const answer = await secure.people.handle(request("POST /auth/sign-in/password", { body: { email, password } }));
    expect(answer.cookies).toEqual([expect.stringMatching(/^__Host-cookie=[^;]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)]);
  });

  test("either name is taken, and __Host-cookie wins", async () => {
    const email = newEmail();
    await world.person(email, password);
    const value = cookieOf(await signIn(email)).slice("cookie=".length);
    expect(await isSignedIn(`cookie=${value}`)).toBe(true);
    expect(await isSignedIn(`a=b; __Host-cookie=${value}; cookie=planted`)).toBe(true);
    expect(await isSignedIn(`cookie=${value}; __Host-cookie=planted`)).toBe(false);
  });

  test("a planted id is worth nothing: signing in always makes a new one", async () => {
    const email = newEmail();
    await world.person(email, password);
    const planted = cookieOf(await signIn(email));
    const cookie = cookieOf(await signIn(email, { cookie: planted }));
    expect(cookie).not.toBe(planted);
    expect(await isSignedIn(planted)).toBe(false);
    expect(await isSignedIn(cookie)).toBe(true);
    const invented = "cookie=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.c2lnbmF0dXJl";
    expect(cookieOf(await signIn(email, { cookie: invented }))).not.toContain("AAAAAAAA");
    expect(await isSignedIn(invented)).toBe(false);
  });

  test("after signing out the id is refused", async () => {
    const email = newEmail();
    await world.person(email, password);
    const cookie = cookieOf(await signIn(email));
    const answer = await world.people.handle(request("POST /auth/sign-out", { headers: { cookie } }));
    expect(answer).toMatchObject({ status: 204, cookies: [expect.stringMatching(/^cookie=; Max-Age=0/)] });
    expect(await isSignedIn(cookie)).toBe(false);
  });

  test("a change of the password ends every other session and renews this one", async () => {
    const email = newEmail();
    await world.person(email, password);
    const [elsewhere, here] = [cookieOf(await signIn(email)), cookieOf(await signIn(email))];
    const change = (currentPassword: string) =>
      world.people.handle(
        request("POST /auth/account", { headers: { cookie: here }, body: { password: "another horse", currentPassword } }),
      );
    await expect(change("wrong")).rejects.toMatchObject({ code: "invalid_request" });
    expect(await isSignedIn(elsewhere)).toBe(true);
    const renewed = cookieOf(await change(password));
    expect([await isSignedIn(elsewhere), await isSignedIn(here), await isSignedIn(renewed)]).toEqual([false, false, true]);
  });

  test("it ends when it was idle for 7 days, and after 30 days however busy it was", async () => {
    const email = newEmail();
    await world.person(email, password);
    const idle = cookieOf(await signIn(email));
    world.clock.forward(days(8));
    expect(await isSignedIn(idle)).toBe(false);

    const busy = cookieOf(await signIn(email));
    const hash = sql`user_id = (select id from users where email = ${email})`;
    const seen: boolean[] = [];
    for (let day = 0; day <= 32; day += 4) {
      // As a page that is opened every few days would have it: the idle end is always ahead.
      const ahead = new Date(world.clock.now().getTime() + days(7)).toISOString();
      await db.write(ofNobody, (tx) => tx.run(sql`update sessions set expires_at = ${ahead} where ${hash}`));
      seen.push(await isSignedIn(busy));
      world.clock.forward(days(4));
    }
    expect(seen).toEqual([true, true, true, true, true, true, true, true, false]);
  });

  test("a session that is in use is given a later end", async () => {
    const email = newEmail();
    const id = await world.person(email, password);
    const cookie = cookieOf(await signIn(email));
    const soon = new Date(world.clock.now().getTime() + days(2)).toISOString();
    await db.write(ofNobody, (tx) => tx.run(sql`update sessions set expires_at = ${soon} where user_id = ${id}`));
    const answer = await world.people.handle(request("GET /auth/session", { headers: { cookie } }));
    expect(answer).toMatchObject({ body: { person: { id, hasPassword: true } } });
    const row = await db.read(ofNobody, (tx) =>
      tx.first(sql<{ expires_at: string }>`select expires_at from sessions where user_id = ${id}`),
    );
    expect(row?.expires_at && row.expires_at > soon).toBe(true);
    expect(await isSignedIn(cookie)).toBe(true);
  });

  test("a sign-in link works once, even for 20 at the same moment, is stored hashed, and not after 15 minutes", async () => {
    const id = await world.person(newEmail());
    const token = async () => (await world.people.createSignInLink(id)).hash.slice("#token=".length);
    const use = (value: string) => world.people.handle(request("POST /auth/sign-in/link", { body: { token: value } }));
    const first = await token();
    const stored = await db.read(ofNobody, (tx) => tx.all(sql<{ identifier: string }>`select * from verifications`));
    expect(JSON.stringify(stored)).not.toContain(first);
    for (const { identifier } of stored) await expect(use(identifier)).rejects.toMatchObject({ code: "unauthenticated" });
    const uses = await Promise.allSettled(Array.from({ length: 20 }, () => use(first)));
    expect(uses.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const late = await token();
    world.clock.forward(minutes(16));
    await expect(use(late)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  test.each([
    "GET /auth/get-session",
    "POST /auth/sign-up/email",
    "POST /auth/sign-in/email",
    "POST /auth/request-password-reset",
    "GET /auth/list-sessions",
    "GET /auth/ok",
    "GET /auth/sign-in/link",
  ])("%s is not there", async (line) => {
    await expect(world.people.handle(request(line))).rejects.toMatchObject({
      code: expect.stringMatching(/^(not_found|method_not_allowed)$/),
    });
  });
});
