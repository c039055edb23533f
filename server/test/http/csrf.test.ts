import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Operation, operations } from "@mooring/contract";
import { sql } from "kysely";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/kernel/clock.ts";
import type { OrganisationId, UserId } from "../../src/kernel/ids.ts";
import { ofNobody } from "../../src/store/people.ts";
import { launchBrowser } from "../harness/browser.ts";
import { engines, type Place } from "../harness/engines.ts";
import { type RunningMooring, runMooring } from "../harness/mooring.ts";
import { createWorld } from "../people/world.ts";

/** One request that an attacker would like somebody's browser to make. */
interface Wish {
  readonly method: string;
  readonly path: string;
}

/**
 * A browser in which the owner is signed in visits a page of somebody else, which tries everything that a page can to have Mooring do
 * something: every operation that writes, signing in and out, and calls through the gateway, which act on an outside system
 * whatever their method.
 */
describe("a page of another origin has Mooring do nothing (A-4)", () => {
  let place: Place;
  let mooring: RunningMooring;
  let browser: Browser;
  let attacker: Server;
  let outside: Server;
  let outsideCalls = 0;
  let owner: UserId;
  let org: OrganisationId;
  const wishes: Wish[] = [];

  beforeAll(async () => {
    const [sqlite] = engines;
    if (!sqlite) throw new Error("There is no engine.");
    place = await sqlite.prepare();
    attacker = await serve((_request, response) =>
      response.setHeader("content-type", "text/html").end("<!doctype html><title>attacker</title>"),
    );
    outside = await serve((_request, response) => {
      outsideCalls++;
      response.end("reached");
    });
    mooring = await runMooring(place, systemClock, { MOORING_EGRESS_ALLOW: `127.0.0.1/32:${portOf(outside)}` });
    org = mooring.bootstrap.organisation as OrganisationId;
    owner = (await mooring.people.find("owner@localhost"))?.id as UserId;
    wishes.push(...(await wishesOf(await fixtures())));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await mooring?.close();
    for (const server of [attacker, outside]) server?.close();
    await place?.remove();
  });

  // A page of the same host on another port is of the same site: SameSite does not hold the cookie back from it.
  const origins = { "the same site": "127.0.0.1", "another site": "localhost" };

  const ways: Record<string, (page: Page, wishes: readonly Wish[]) => Promise<unknown>> = {
    form: (page, all) => page.evaluate(submitForms, all),
    fetch: (page, all) => page.evaluate(fetchAll, all),
    img: (page, all) => page.evaluate(loadImages, all),
    iframe: (page, all) => page.evaluate(loadFrames, all),
    navigation: async (page, all) => {
      const from = page.url();
      for (const wish of all) {
        const there = page.waitForURL((url) => url.origin === mooring.origin.origin);
        await page.evaluate(navigate, wish);
        await there;
        await page.goto(from);
      }
    },
  };

  test.each(Object.entries(origins).flatMap(([origin, host]) => Object.keys(ways).map((way) => [origin, way, host] as const)))(
    "from %s by %s",
    async (_origin, way, host) => {
      const { page, context } = await victim();
      const before = await state();
      const attacks: Arrival[] = [];
      const stop = watchArrivals(mooring.origin, attacks);
      await page.goto(`http://${host}:${portOf(attacker)}/`);
      const absolute = wishes.map(({ method, path }) => ({ method, path: new URL(path, mooring.origin).href }));
      await ways[way]?.(page, absolute);
      expect(await state()).toEqual(before);
      stop();
      const mattering = attacks.filter(({ method, path }) => method !== "GET" || path.includes("/proxy/"));
      expect(mattering.filter(({ status }) => status < 400)).toEqual([]);
      // They did arrive, and from the same site with the cookie: what stopped them was Mooring, not the browser.
      expect(mattering.length).toBeGreaterThan(0);
      if (host === origins["the same site"]) expect(mattering.filter(({ hadCookie }) => hadCookie).length).toBeGreaterThan(0);
      await page.goto(new URL("/console", mooring.origin).href);
      await page.getByRole("navigation", { name: "Main" }).waitFor();
      await context.close();
    },
  );

  test("a page of Mooring's own does all of it", async () => {
    const { page, context } = await victim();
    await page.goto(new URL("/console", mooring.origin).href);
    const calls = outsideCalls;
    const statuses = await page.evaluate(
      async ([rename, proxy]) => {
        const headers = { "mooring-csrf": "1", "content-type": "application/json" };
        const renamed = await fetch(rename ?? "", { method: "PUT", headers, body: JSON.stringify({ name: "Renamed" }) });
        const called = await fetch(proxy ?? "", { headers: { "mooring-csrf": "1" } });
        const bare = await fetch(proxy ?? "");
        return [renamed.status, called.status, bare.status];
      },
      [`/organisations/${org}`, wishes.find(({ path }) => path.includes("/proxy/"))?.path ?? ""],
    );
    expect(statuses).toEqual([200, 200, 403]);
    expect(outsideCalls).toBe(calls + 1);
    await context.close();
  });

  /** A browser in which the owner is signed in. */
  async function victim(): Promise<{ page: Page; context: BrowserContext }> {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto((await mooring.people.createSignInLink(owner)).href);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("navigation", { name: "Main" }).waitFor();
    return { page, context };
  }

  /** What must not move: everything that is recorded, who is who, who is signed in, and what the outside system was asked. */
  async function state(): Promise<unknown> {
    const audit = await mooring.db.read(org, (tx) => tx.all(sql`select count(*) as rows, max(id) as last from audit`));
    const people = await mooring.db.read(ofNobody, (tx) => tx.all(sql`select id, name, email, updated_at from users order by id`));
    const sessions = await mooring.db.read(ofNobody, (tx) => tx.all(sql`select id from sessions order by id`));
    const organisations = await mooring.db.read(org, (tx) => tx.all(sql`select id, updated_at from organisations order by id`));
    return { audit, people, sessions, organisations, outsideCalls };
  }

  /** One of each noun to aim at, by the path parameter that names it. */
  async function fixtures(): Promise<Record<string, string>> {
    const send = async (path: string, body: unknown): Promise<Record<string, string>> => {
      const headers = { authorization: `Bearer ${mooring.bootstrap.apiKey}`, "content-type": "application/json" };
      const answer = await fetch(new URL(path, mooring.origin), { method: "POST", headers, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`${path} answered ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as Record<string, string>;
    };
    const connection = (await send(`/o/${org}/protocols/http/connections`, {
      name: "Outside",
      baseUrl: `http://127.0.0.1:${portOf(outside)}`,
      authSchemeConfigs: [{ schemeType: "none" }],
      environments: [
        { name: "prod", credentials: { action: [], trigger: [] }, variables: [] },
        { name: "dev", credentials: { action: [], trigger: [] }, variables: [] },
      ],
    })) as unknown as { id: string; environments: { id: string }[] };
    const world = createWorld(mooring.db, { publicUrl: mooring.origin });
    return {
      organisation_id: org,
      connection_id: connection.id,
      environment_id: connection.environments[0]?.id ?? "",
      credential_id: (await send(`/o/${org}/credentials`, { name: "c", type: "string", data: { value: "x" } })).id ?? "",
      version: "1",
      protocol_slug: "http",
      user_id: (await world.member(org, "viewer")).id,
      invitation_id: (await send(`/organisations/${org}/invitations`, { email: "i@example.com", role: "viewer" })).id ?? "",
      api_key_id: (await send(`/organisations/${org}/api-keys`, { name: "k", scopes: ["connections:read"] })).id ?? "",
      path: "anything",
    };
  }
});

async function wishesOf(known: Record<string, string>): Promise<Wish[]> {
  const fill = (path: string) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name] ?? name);
  const writes = (Object.values(operations) as Operation[]).filter(({ method }) => method !== "GET");
  const proxy = fill("/o/{organisation_id}/connections/{connection_id}/environments/{environment_id}/proxy/{path}");
  return [
    ...writes.map(({ method, path }) => ({ method, path: fill(path) })),
    ...["/auth/sign-in/password", "/auth/sign-in/link", "/auth/sign-out", "/auth/account"].map((path) => ({ method: "POST", path })),
    ...["GET", "POST", "PUT", "DELETE"].map((method) => ({ method, path: proxy })),
  ];
}

/** A request as Mooring's own socket saw it, and what was answered: a browser keeps much of that from whoever watches it. */
interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly hadCookie: boolean;
}

function watchArrivals(origin: URL, arrivals: Arrival[]): () => void {
  const note = (message: unknown) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    if (request.headers.host !== origin.host) return;
    const hadCookie = request.headers.cookie !== undefined;
    arrivals.push({ method: request.method ?? "", path: request.url ?? "", status: response.statusCode, hadCookie });
  };
  subscribe("http.server.response.finish", note);
  return () => unsubscribe("http.server.response.finish", note);
}

async function serve(handle: Parameters<typeof createServer>[1] & object): Promise<Server> {
  const server = createServer(handle as never);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

// What follows runs in the attacker's page.

async function submitForms(wishes: readonly Wish[]): Promise<void> {
  // Text that is JSON is as near as a form comes to the content type it cannot send.
  for (const enctype of ["text/plain", "application/x-www-form-urlencoded"]) {
    const loaded = wishes.map(({ method, path }) => {
      const frame = document.createElement("iframe");
      frame.name = crypto.randomUUID();
      const form = document.createElement("form");
      Object.assign(form, { action: path, method: method === "GET" ? "get" : "post", enctype, target: frame.name });
      const field = document.createElement("input");
      Object.assign(field, { name: '{"name":"attacked","role":"viewer","x":"', value: '"}' });
      form.append(field);
      document.body.append(frame, form);
      const done = new Promise((resolve) => {
        frame.onload = resolve;
        setTimeout(resolve, 3000);
      });
      form.submit();
      return done;
    });
    await Promise.all(loaded);
  }
}

async function fetchAll(wishes: readonly Wish[]): Promise<void> {
  const body = JSON.stringify({ name: "attacked", role: "viewer", scopes: ["connections:read"] });
  const tries: RequestInit[] = [
    { mode: "no-cors", headers: { "content-type": "text/plain" } },
    { mode: "cors", headers: { "content-type": "text/plain" } },
    { mode: "cors", headers: { "content-type": "application/json" } },
    { mode: "cors", headers: { "content-type": "application/json", "mooring-csrf": "1" } },
  ];
  const asked = wishes.flatMap(({ method, path }) =>
    tries.map(async (given) => {
      const isSimple = method === "GET" || method === "POST";
      if (given.mode === "no-cors" && !isSimple) return;
      await fetch(path, { ...given, method, credentials: "include", ...(method === "GET" ? {} : { body }) });
    }),
  );
  await Promise.allSettled(asked);
}

async function loadImages(wishes: readonly Wish[]): Promise<void> {
  const loaded = wishes.map(({ path }, index) => {
    const image = new Image();
    return new Promise((resolve) => {
      image.onload = resolve;
      image.onerror = resolve;
      image.src = `${path}?${index}`;
    });
  });
  await Promise.all(loaded);
}

async function loadFrames(wishes: readonly Wish[]): Promise<void> {
  const loaded = wishes.map(({ path }) => {
    const frame = document.createElement("iframe");
    const done = new Promise((resolve) => {
      frame.onload = resolve;
      setTimeout(resolve, 3000);
    });
    frame.src = path;
    document.body.append(frame);
    return done;
  });
  await Promise.all(loaded);
}

function navigate({ method, path }: Wish): void {
  const form = document.createElement("form");
  Object.assign(form, { action: path, method: method === "GET" ? "get" : "post", enctype: "text/plain" });
  document.body.append(form);
  form.submit();
}
