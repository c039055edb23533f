import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { limits, networkOf } from "../../src/people/limiter.ts";
import type { AuthRequest } from "../../src/people/people.ts";
import type { Database } from "../../src/store/database.ts";
import { ofNobody } from "../../src/store/people.ts";
import { engines, type Place } from "../harness/engines.ts";
import { trials } from "../harness/profile.ts";
import { createWorld, minutes, type World } from "./world.ts";

describe.each(engines)("signing in on $name (A-6)", ({ prepare }) => {
  let place: Place;
  let db: Database;
  let world: World;

  beforeAll(async () => {
    place = await prepare();
    db = await place.open();
    world = createWorld(db);
    await world.person("Ann@Example.com", "correct horse battery");
    await world.person("nobody-yet@localhost");
  });
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  let peers = 0;
  const newPeer = () => `198.51.${Math.floor(++peers / 250)}.${peers % 250}`;
  const attempt = (email: string, password: string, rest: Partial<AuthRequest> = {}) =>
    world.people.handle({
      method: "POST",
      path: "/auth/sign-in/password",
      headers: {},
      peer: newPeer(),
      body: { email, password },
      ...rest,
    });

  test("the e-mail address counts in any case, and one of one label is an address too", async () => {
    expect(await attempt("ANN@example.COM ", "correct horse battery")).toMatchObject({ status: 200, body: { email: "ann@example.com" } });
    await expect(world.person("aNN@example.com")).rejects.toMatchObject({ code: "conflict" });
  });

  test.each([
    ["a wrong password", "ann@example.com"],
    ["an unknown person", "bob@example.com"],
    ["a person without a password", "nobody-yet@localhost"],
  ])("%s is answered with the same words", async (_name, email) => {
    await expect(attempt(email, "wrong horse battery")).rejects.toMatchObject({
      code: "unauthenticated",
      message: "The e-mail address or the password is wrong.",
    });
  });

  test("an unknown person costs as many password checks as a known one", async () => {
    let checks = 0;
    const counting = createWorld(db);
    const { verify } = counting.passwords;
    counting.passwords.verify = (one) => {
      checks++;
      return verify(one);
    };
    const ask = (email: string) =>
      counting.people
        .handle({ method: "POST", path: "/auth/sign-in/password", headers: {}, peer: newPeer(), body: { email, password: "x" } })
        .catch(() => {});
    const counts: number[] = [];
    for (const email of ["ann@example.com", "bob@example.com", "nobody-yet@localhost"]) {
      checks = 0;
      await ask(email);
      counts.push(checks);
    }
    expect(counts).toEqual([1, 1, 1]);
  });

  test("attempts on one e-mail address are limited from however many addresses they come", async () => {
    const email = "many@example.com";
    const codes: string[] = [];
    for (let count = 0; count < limits.email.attemptsMax + 5; count++) {
      codes.push(
        await attempt(email, "x").then(
          () => "signed in",
          (error) => error.code,
        ),
      );
    }
    expect(codes.filter((code) => code === "unauthenticated")).toHaveLength(limits.email.attemptsMax);
    expect(codes.slice(-5)).toEqual(Array(5).fill("too_many_requests"));
    world.clock.forward(minutes(16));
    await expect(attempt(email, "x")).rejects.toMatchObject({ code: "unauthenticated" });
  });

  test("two nodes count together", async () => {
    const other = createWorld(db, { clock: world.clock });
    const peer = newPeer();
    const codes = new Set<string>();
    for (let count = 0; count < limits.address.attemptsMax + 2; count++) {
      const { people } = count % 2 === 0 ? world : other;
      const body = { email: `x${count}@example.com`, password: "x" };
      const code = await people
        .handle({ method: "POST", path: "/auth/sign-in/password", headers: {}, peer, body })
        .catch((error) => error.code);
      codes.add(String(code));
    }
    expect([...codes]).toEqual(["unauthenticated", "too_many_requests"]);
  });

  test("headers that name an address make no difference: spoofed attempts fill one bucket", async () => {
    const attempts = trials({ change: 2_000, long: 100_000 });
    const peer = "203.0.113.77";
    const spoof = (count: number) => {
      const address = `10.${count % 200}.${Math.floor(count / 200) % 200}.${count % 90}`;
      const headers = { "x-forwarded-for": address, "x-real-ip": address, forwarded: `for=${address}`, "cf-connecting-ip": address };
      return attempt(`spoof${count}@example.com`, "x", { headers, peer }).then(
        () => "signed in",
        (error) => error.code,
      );
    };
    const codes = new Map<string, number>();
    for (let count = 0; count < attempts; count++) {
      const code = await spoof(count);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect(Object.fromEntries(codes)).toEqual({
      unauthenticated: limits.address.attemptsMax,
      too_many_requests: attempts - limits.address.attemptsMax,
    });
    const buckets = await db.read(ofNobody, (tx) =>
      tx.all(sql<{ key: string }>`select key from rate_limits where key like 'address:10.%'`),
    );
    expect(buckets).toEqual([]);
  });

  test("when the counts cannot be written, each node limits by itself", async () => {
    const broken = createWorld({ ...db, write: () => Promise.reject(new Error("The database is gone.")) }, { clock: world.clock });
    const codes: string[] = [];
    for (let count = 0; count < limits.email.attemptsMax + 3; count++) {
      const body = { email: "gone@example.com", password: "x" };
      const asked = broken.people.handle({ method: "POST", path: "/auth/sign-in/password", headers: {}, peer: newPeer(), body });
      codes.push(
        await asked.then(
          () => "signed in",
          (error) => error.code,
        ),
      );
    }
    expect(codes.slice(limits.email.attemptsMax)).toEqual(Array(3).fill("too_many_requests"));
  });

  test.each([
    [undefined, ["email", "password"]],
    [[], ["email", "password"]],
    [{ email: "a@b" }, ["password"]],
    [{ email: 1, password: "x", more: true }, ["more", "email"]],
    [{ email: "a@b\0", password: "x".repeat(2000) }, ["email", "password"]],
  ])("a body %j is refused with every fault", async (body, fields) => {
    const fault = await attempt("", "", { body }).then(
      () => undefined,
      (error) => error,
    );
    expect(fault).toMatchObject({ code: "invalid_request" });
    expect(fault.fields.map(({ field }: { field: string }) => field)).toEqual(fields);
  });
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::9", "2001:db8:1:2"],
  ["2001:0DB8::1", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
])("attempts from %s are counted for %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
