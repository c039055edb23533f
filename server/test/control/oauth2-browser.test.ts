import type { Credential } from "@mooring/contract";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import { type AuthorizationServer, startAuthorizationServer } from "../harness/authorization-server.ts";
import { launchBrowser } from "../harness/browser.ts";
import { begin, type SignInConnection, signInConnection } from "../harness/sign-in.ts";
import { loopback, onEachEngine, type World } from "../harness/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

onEachEngine(
  "signing in at an authorization server, in a browser",
  (world) => {
    let server: AuthorizationServer;
    beforeAll(async () => {
      server = await startAuthorizationServer({ redirectUri: redirectUriOf(world) });
    });
    afterAll(() => server?.close());

    describe("a person who is signed in to Mooring", () => {
      test("connects, and calls carry the token, which the resource takes", async () => {
        const page = await personIn(world, await world.as("owner"));
        const connection = await connectionTo(world, server);
        expect(await callThrough(world, connection)).not.toMatchObject({ status: 200 });
        expect(await signIn(page, await beginIn(page, connection))).toBe("Connected");
        expect(await callThrough(world, connection)).toMatchObject(sam);
        await page.context().close();
      });

      test("in a window of its own, tells the console how it ended, and the window closes", async () => {
        const page = await personIn(world, await world.as("owner"));
        const faults: string[] = [];
        page.context().on("weberror", (fault) => faults.push(fault.error().message));
        page.context().on("console", (message) => message.type() === "error" && faults.push(message.text()));
        const refused = new URL(await beginIn(page, await connectionTo(world, server)));
        refused.searchParams.set("prompt", "none");
        expect(await inWindow(page, refused)).toMatchObject({ outcome: "failed", message: expect.stringContaining("login_required") });
        // The browser reports the status of that page; nothing of it may be refused by its policy.
        expect(faults.filter((fault) => !fault.includes("status of 400"))).toEqual([]);
        const url = new URL(await beginIn(page, await connectionTo(world, server)));
        const connected = await inWindow(page, url, (popup) => popup.getByRole("button", { name: "Continue" }).click());
        const state = url.searchParams.get("state");
        expect(connected).toEqual({ outcome: "connected", message: "The sign-in is complete.", state });
        expect(faults).toHaveLength(1);
        await page.context().close();
      });

      test("does not connect what somebody else began, whether they are signed in or not, and no code is used (O-1)", async () => {
        const attacker = await personIn(world, await world.as("developer"));
        const connection = await connectionTo(world, server);
        const url = await beginIn(attacker, connection);
        const before = server.asked.length;
        for (const victim of [await personIn(world, await world.as("owner")), await (await browser.newContext()).newPage()]) {
          expect(await signIn(victim, url)).toBe("Not connected");
          await victim.context().close();
        }
        expect(server.asked).toHaveLength(before);
        expect((await credentialOf(world, connection)).data).not.toHaveProperty("accessToken");
        expect(await signIn(attacker, url)).toBe("Connected");
        await attacker.context().close();
      });

      test("is told why the server refused, and the sign-in is over", async () => {
        const page = await personIn(world, await world.as("owner"));
        const connection = await connectionTo(world, server);
        const url = new URL(await beginIn(page, connection));
        url.searchParams.set("prompt", "none");
        await page.goto(url.href);
        expect(await page.textContent("h1")).toBe("Not connected");
        expect(await page.textContent("p")).toContain("login_required");
        await page.reload();
        expect(await page.textContent("p")).toContain("finished");
        await page.context().close();
      });
    });

    test("a program that began with a key has the browser end it by giving it the cookie", async () => {
      const connection = await connectionTo(world, server);
      const { url, cookie } = await begin(world, { ...connection, body: { ...connection.body, prompt: "consent" } });
      const context = await browser.newContext();
      await context.addCookies([browserCookie(world, cookie)]);
      expect(await signIn(await context.newPage(), url.href)).toBe("Connected");
      expect(await callThrough(world, connection)).toMatchObject(sam);
      await context.close();
    });

    test("the token is renewed with a refresh token that rotates; one that was used twice ends the grant, and the credential says so", async () => {
      const page = await personIn(world, await world.as("owner"));
      const connection = await connectionTo(world, server);
      await signIn(page, await beginIn(page, connection));
      await page.context().close();
      const renewed = () => callThrough(world, connection, { "mooring-refresh-credential": "true" });
      for (const _ of [1, 2]) expect(await renewed()).toMatchObject(sam);
      const used = server.asked.flatMap(({ refresh_token }) => refresh_token ?? []);
      expect(new Set(used).size).toBe(2);
      await useAgain(server, used[0] ?? "");
      expect(await renewed()).toMatchObject({ status: 424 });
      expect(await renewed()).toMatchObject({ status: 424, text: expect.stringContaining("reauth_required") });
      expect((await credentialOf(world, connection)).errors).toHaveLength(1);
    });

    test("a server that wants its client in the body is served too", async () => {
      const strict = await startAuthorizationServer({ redirectUri: redirectUriOf(world), authentication: "client_secret_post" });
      const page = await personIn(world, await world.as("owner"));
      const connection = await connectionTo(world, strict);
      expect(await signIn(page, await beginIn(page, connection))).toBe("Connected");
      expect(await callThrough(world, connection)).toMatchObject(sam);
      await page.context().close();
      strict.close();
    });
  },
  { settings: loopback },
);

const sam = { status: 200, text: JSON.stringify({ sub: "sam" }) };

const redirectUriOf = (world: World) =>
  new URL(`/o/${world.mooring.bootstrap.organisation}/auth-schemes/oauth2/callback`, world.mooring.origin).href;

function connectionTo(world: World, server: AuthorizationServer): Promise<SignInConnection> {
  const { issuer, authorizeUrl, tokenUrl, clientId, clientSecret } = server;
  return signInConnection(world, { authorizeUrl, tokenUrl, clientId, clientSecret, scopes: ["openid"], baseUrl: issuer });
}

/** A page of Mooring in a browser in which this person is signed in. */
async function personIn(world: World, person: Actor): Promise<Page> {
  const context = await browser.newContext();
  await context.addCookies([browserCookie(world, person.headers.cookie ?? "")]);
  const page = await context.newPage();
  await page.goto(new URL("/console", world.mooring.origin).href);
  return page;
}

function browserCookie(world: World, text: string) {
  const at = text.indexOf("=");
  return { name: text.slice(0, at), value: text.slice(at + 1), url: world.mooring.origin.href, httpOnly: true, sameSite: "Lax" as const };
}

/** Begins a sign-in from the page, as a console would. */
async function beginIn(page: Page, { params, body }: SignInConnection): Promise<string> {
  return page.evaluate(
    async ({ path, payload }) => {
      const headers = { "content-type": "application/json", "mooring-csrf": "1" };
      const answer = await fetch(path, { method: "POST", headers, body: payload });
      return ((await answer.json()) as { url: string }).url;
    },
    {
      path: `/o/${body.credential.organisationId}/connections/${params.connection_id}/oauth2/initialise`,
      payload: JSON.stringify({ ...body, prompt: "consent" }),
    },
  );
}

/** Goes where the person is sent, presses the button there, and gives the heading of the page that it ends on. */
async function signIn(page: Page, url: string): Promise<string | null> {
  await page.goto(url);
  await page.getByRole("button", { name: "Continue" }).click();
  return page.textContent("h1");
}

/** Opens a window as the console does, in which the person does something; gives what the console hears, once the window is closed. */
async function inWindow(page: Page, url: URL, act?: (popup: Page) => Promise<void>): Promise<unknown> {
  const opened = page.context().waitForEvent("page");
  const heard = page.evaluate((href) => {
    const ended = new Promise((resolve) => new BroadcastChannel("mooring-oauth2").addEventListener("message", ({ data }) => resolve(data)));
    const popup = open("about:blank", "_blank", "popup");
    if (popup) popup.location.href = href;
    return ended;
  }, url.href);
  const popup = await opened;
  const closed = popup.waitForEvent("close");
  await act?.(popup);
  await closed;
  return heard;
}

async function callThrough(world: World, { params }: SignInConnection, headers: Readonly<Record<string, string>> = {}) {
  const key = await world.as("key");
  const path = `/o/${key.org}/connections/${params.connection_id}/environments/dev/proxy/me`;
  return world.raw(path, { headers: { ...key.headers, ...headers } });
}

async function credentialOf(world: World, { credentialId }: SignInConnection): Promise<Credential> {
  const { body } = await world.must(await world.as("key"), "GetCredential", { params: { credential_id: credentialId } });
  return body;
}

/** As a thief would who got hold of an old refresh token. */
async function useAgain({ tokenUrl, clientId, clientSecret }: AuthorizationServer, refreshToken: string): Promise<void> {
  const proof = [clientId, clientSecret].map((part) => new URLSearchParams([["", part]]).toString().slice(1)).join(":");
  const answer = await fetch(tokenUrl, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(proof).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken }),
  });
  expect(await answer.json()).toMatchObject({ error: "invalid_grant" });
}
