import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import { limits } from "../../src/people/limiter.ts";
import { engines, type Place } from "../harness/engines.ts";
import { type RunningMooring, runMooring } from "../harness/mooring.ts";

describe.each(engines)("signing in over HTTP on $name", ({ prepare }) => {
  let place: Place;
  let mooring: RunningMooring;

  beforeAll(async () => {
    place = await prepare();
    mooring = await runMooring(place, systemClock);
  });
  afterAll(async () => {
    await mooring.close();
    await place.remove();
  });

  const own = { "mooring-csrf": "1", "content-type": "application/json" };
  const post = (path: string, body: unknown, headers: Record<string, string> = own) =>
    fetch(new URL(path, mooring.origin), { method: "POST", headers, body: JSON.stringify(body) });
  const newToken = async () => {
    const owner = await mooring.people.find("owner@localhost");
    if (!owner) throw new Error("There is no owner.");
    return (await mooring.people.createSignInLink(owner.id)).hash.slice("#token=".length);
  };

  test.each([
    ["without the header", { "content-type": "application/json" }],
    ["from another site", { ...own, "sec-fetch-site": "cross-site" }],
    ["from another origin", { ...own, origin: "https://evil.example" }],
  ])("nobody is signed in %s, so nobody can be signed in as somebody else (A-4)", async (_name, headers) => {
    const token = await newToken();
    const refused = await post("/auth/sign-in/link", { token }, headers);
    expect([refused.status, refused.headers.getSetCookie()]).toEqual([403, []]);
    expect(await refused.json()).toMatchObject({ code: "csrf" });
    expect((await post("/auth/sign-in/link", { token })).status).toBe(200);
  });

  test("an answer never holds the session's id, and no cache keeps it", async () => {
    const signedIn = await post("/auth/sign-in/link", { token: await newToken() });
    const cookie = signedIn.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
    const session = await fetch(new URL("/auth/session", mooring.origin), { headers: { cookie } });
    const id = cookie.slice("cookie=".length).split(".", 1)[0] ?? "";
    expect(id).toHaveLength(43);
    for (const answer of [signedIn, session]) {
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await answer.text()).not.toContain(id);
    }
    expect(await mooring.dump()).not.toContain(id);
  });

  test("forwarding headers move nobody out of the bucket of the socket's address (A-6)", async () => {
    const statuses: number[] = [];
    let last = await post("/auth/sign-in/link", { token: "x" });
    for (let count = 0; count < limits.address.attemptsMax + 5; count++) {
      last = await post(
        "/auth/sign-in/link",
        { token: "x" },
        { ...own, "x-forwarded-for": `10.0.0.${count}`, forwarded: `for=10.0.1.${count}` },
      );
      statuses.push(last.status);
    }
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.slice(-5)).toEqual(Array(5).fill(429));
    expect(Number(last.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await last.json()).toMatchObject({ code: "too_many_requests" });
  });
});
