import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as invitations from "../../src/control/invitations.ts";
import { scopesOfRole } from "../../src/domain/actor.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import type { OrganisationId, UserId } from "../../src/kernel/ids.ts";
import { insertConnection } from "../../src/store/connections.ts";
import { launchBrowser } from "../harness/browser.ts";
import { engines, type Place } from "../harness/engines.ts";
import { type RunningMooring, runMooring } from "../harness/mooring.ts";
import { createWorld, type World } from "../people/world.ts";

describe("the console, in a browser", () => {
  let place: Place;
  let mooring: RunningMooring;
  let world: World;
  let browser: Browser;
  let org: OrganisationId;
  let owner: UserId;

  beforeAll(async () => {
    const [sqlite] = engines;
    if (!sqlite) throw new Error("There is no engine.");
    place = await sqlite.prepare();
    mooring = await runMooring(place, systemClock);
    world = createWorld(mooring.db, { publicUrl: mooring.origin });
    org = mooring.bootstrap.organisation as OrganisationId;
    owner = (await world.people.find("owner@localhost"))?.id as UserId;
    const fields = {
      name: "<b>Shop</b>",
      protocol: "http",
      baseUrl: "https://shop.example.com/api",
      authSchemeConfigs: [],
      variables: [],
    } as const;
    await mooring.db.write(org, (tx) => insertConnection(tx, org, world.newId(), fields, systemClock.now()));
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await mooring?.close();
    await place?.remove();
  });

  const password = "a harbour in the north";

  /** A browser of its own, and everything in it that should not be: errors, and requests to anywhere else. */
  async function open(
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(error.message));
    context.on("request", (request) => new URL(request.url()).origin !== mooring.origin.origin && faults.push(request.url()));
    return { page, context, faults };
  }

  const signInThroughLink = async (page: Page) => {
    await page.goto((await world.people.createSignInLink(owner)).href);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Connections" }).waitFor();
  };

  test("the one-time link leads home, with no error and no request to anywhere else", async () => {
    const { page, context, faults } = await open();
    const link = (await world.people.createSignInLink(owner)).href;
    await page.goto(link);
    await page.getByRole("heading", { name: "Welcome" }).waitFor();
    // The token is out of the address bar before anything was clicked, and the page alone has not used it up.
    expect(page.url()).toBe(`${mooring.origin.origin}/console/sign-in`);
    expect(await context.cookies()).toEqual([]);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Connections" }).waitFor();
    await page.getByText(org).waitFor();
    expect(await page.locator("#who-name").textContent()).toBe("Owner");
    // What people named is text, never markup.
    expect(await page.getByRole("heading", { name: "<b>Shop</b>" }).count()).toBe(1);
    expect(await page.getByText("https://shop.example.com/api").count()).toBe(1);
    expect(await context.cookies()).toMatchObject([{ name: "cookie", httpOnly: true, sameSite: "Lax", path: "/" }]);
    expect(await page.evaluate(() => document.cookie)).toBe("");
    expect(faults).toEqual([]);

    await page.goto(link);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The link was used already").waitFor();
    await context.close();
  });

  test("the first owner sets an address and a password, signs out, and signs in with them", async () => {
    const { page, context, faults } = await open();
    await signInThroughLink(page);
    await page.getByLabel("E-mail").fill("Mara@Example.com");
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await context.cookies()).toEqual([]);
    await page.getByLabel("E-mail").fill("mara@example.com");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Connections" }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test("an invited person chooses a password and is in", async () => {
    const { page, context, faults } = await open();
    const deps = { ...world.deps, publicUrl: mooring.origin, hashPassword: world.passwords.hash };
    const actor = {
      kind: "person",
      id: owner,
      org,
      role: "owner",
      scopes: new Set(scopesOfRole.owner),
      mayChangeProductionSecrets: true,
    } as const;
    const { url } = await invitations.create(deps, { actor, requestId: "r" }, { email: "ivo@example.com", role: "viewer" });
    await page.goto(url);
    await page.getByLabel("Your name").fill("Ivo");
    await page.getByLabel("Choose a password").fill(password);
    await page.getByRole("button", { name: "Accept" }).click();
    await page.getByRole("heading", { name: "Connections" }).waitFor();
    await page.getByText("your role: viewer").waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  test.each([
    { colorScheme: "light", viewport: { width: 390, height: 800 } },
    { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  ] as const)("everything fits, and can be reached by keyboard and by name, at %j", async (options) => {
    const { page, context, faults } = await open(options);
    await page.goto(new URL("/console/sign-in", mooring.origin).href);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await signInThroughLink(page);
    await page.getByText(org).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await page.locator("summary").click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    const nameless = await page
      .locator("input:visible, button:visible, select:visible")
      .evaluateAll((all) =>
        (all as HTMLInputElement[]).filter((one) => !one.labels?.length && !one.textContent?.trim()).map((one) => one.outerHTML),
      );
    expect(nameless).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});
