import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stage, startStage, type Visit } from "./harness/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  const body = {
    name: "<b>Shop</b>",
    baseUrl: "https://shop.example.com/api",
    authSchemeConfigs: [],
    environments: [{ name: "prod", variables: [], credentials: {} }],
  };
  await stage.client.must(stage.key, "CreateHTTPConnection", { body });
});
afterAll(() => stage?.close());

const password = "a harbour in the north";
const owner = { email: "mara@example.com", password };
const inConsole = (path: string) => new URL(`/console${path}`, stage.mooring.url).href;

async function fillSignIn(page: Page, { email }: { email: string }): Promise<void> {
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
}

async function signIn(visit: Visit, who: { email: string }): Promise<void> {
  await visit.page.goto(inConsole("/sign-in"));
  await fillSignIn(visit.page, who);
  await visit.page.getByRole("button", { name: "Sign in" }).click();
  await visit.page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
}

test("the one-time link leads home once, its token is seen nowhere, and what people named is text", async () => {
  const visit = await stage.open();
  const { page, context } = visit;
  const link = new URL(stage.link());
  await page.goto(inConsole("/sign-in#token=an-older-one"));
  await page.getByRole("heading", { name: "Welcome" }).waitFor();
  // A second link in the same tab changes only the fragment.
  await page.evaluate((hash) => location.assign(hash), link.hash);
  await page.waitForURL(inConsole("/sign-in"));
  // The token is out of the address bar before anything was clicked, and the page alone has not used it up.
  expect(await context.cookies()).toEqual([]);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
  expect(page.url()).toBe(inConsole(`/o/${stage.org}`));
  expect(await context.cookies()).toMatchObject([{ name: "cookie", httpOnly: true, sameSite: "Lax", path: "/" }]);
  expect(await page.evaluate(() => document.cookie)).toBe("");
  await page.getByRole("link", { name: "<b>Shop</b>" }).waitFor();

  await page.goto(link.href);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("The link was used already").waitFor();

  await setPassword(visit);
  expect(visit.faults).toEqual([]);
  await context.close();
});

async function setPassword({ page, context }: Visit): Promise<void> {
  await page.goto(inConsole(`/o/${stage.org}`));
  await page.getByRole("link", { name: "Set an e-mail address and a password" }).click();
  await page.getByRole("heading", { level: 1, name: "Profile" }).waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Mara");
  await page.getByLabel("E-mail").fill("Mara@Example.com");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByRole("button", { name: "Account of Mara" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await context.cookies()).toEqual([]);
}

test("whoever signs in with e-mail and password comes to the page that was asked for, and a wrong password is said", async () => {
  const visit = await stage.open();
  const { page } = visit;
  await page.goto(inConsole(`/o/${stage.org}/connections?search=shop`));
  await fillSignIn(page, owner);
  await page.getByLabel("Password", { exact: true }).fill("a harbour in the south");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("The e-mail address or the password is wrong.").waitFor();
  expect(await page.getByLabel("E-mail").inputValue()).toBe(owner.email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Connections" }).waitFor();
  expect(page.url()).toBe(inConsole(`/o/${stage.org}/connections?search=shop`));

  // A password is changed only by whoever knows the one before.
  await page.goto(inConsole(`/o/${stage.org}/profile`));
  await page.getByLabel("New password").fill("another harbour in the north");
  await page.getByLabel("Current password").fill("a harbour in the south");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This is not your current password.").waitFor();

  // A session that ends takes nothing away that was typed.
  await visit.context.clearCookies();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Sign in again" }).waitFor();
  expect(await page.getByLabel("New password").inputValue()).toBe("another harbour in the north");
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

test("a page that an update took the parts of loads itself afresh, and one that leads elsewhere after signing in is not believed", async () => {
  const visit = await stage.open();
  const { page } = visit;
  await signIn(visit, owner);
  let isOutdated = true;
  await page.route("**/assets/**", (route) => (isOutdated ? route.fulfill({ status: 404 }) : route.fallback()));
  page.on("request", (request) => {
    if (request.isNavigationRequest()) isOutdated = false;
  });
  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByRole("heading", { level: 1, name: "Audit" }).waitFor();

  for (const next of ["/\t/evil.example", "/..//evil.example", "/../docs"]) {
    await page.goto(inConsole(`/sign-in?next=${encodeURIComponent(next)}`));
    await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
  }
  await visit.context.close();
});

test("somebody invited chooses a password and is in; who has an account joins as who they are", async () => {
  const { body: invitation } = await stage.client.must(stage.key, "CreateInvitation", {
    body: { email: "ivo@example.com", role: "viewer" },
  });
  const ivo = await stage.open();
  await ivo.page.goto(invitation.url);
  await ivo.page.waitForURL(inConsole("/invitation"));
  await ivo.page.getByLabel("Your name").fill("Ivo");
  await ivo.page.getByLabel("Choose a password").fill(password);
  await ivo.page.getByRole("button", { name: "Accept" }).click();
  await ivo.page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
  // A viewer is offered nothing that would be refused.
  await ivo.page.getByRole("link", { name: "<b>Shop</b>" }).waitFor();
  expect(await ivo.page.getByRole("link", { name: "New connection" }).count()).toBe(0);
  expect(await ivo.page.getByRole("link", { name: "Audit" }).count()).toBe(0);

  const mara = await stage.open();
  await signIn(mara, owner);
  const first = await inviteToNew(mara, "Pilots");
  await ivo.page.goto(first);
  await ivo.page.getByText("you join as ivo@example.com").waitFor();
  await ivo.page.getByRole("button", { name: "Join as Ivo" }).click();
  await ivo.page.getByRole("button", { name: "Organisation: Pilots" }).waitFor();

  const second = await inviteToNew(mara, "Tugs");
  const elsewhere = await stage.open();
  await elsewhere.page.goto(second);
  await elsewhere.page.getByRole("button", { name: "I have an account already" }).click();
  await fillSignIn(elsewhere.page, { email: "ivo@example.com" });
  await elsewhere.page.getByRole("button", { name: "Sign in and accept" }).click();
  await elsewhere.page.getByRole("button", { name: "Organisation: Tugs" }).click();
  await elsewhere.page.getByRole("menuitem", { name: "Pilots" }).click();
  await elsewhere.page.getByRole("button", { name: "Organisation: Pilots" }).waitFor();
  for (const visit of [ivo, mara, elsewhere]) {
    expect(visit.faults).toEqual([]);
    await visit.context.close();
  }
});

/** Makes an organisation by hand, and gives the address of an invitation to it. */
async function inviteToNew({ page }: Visit, name: string): Promise<string> {
  await page.getByRole("button", { name: "Organisation:" }).click();
  await page.getByRole("menuitem", { name: "Create an organisation" }).click();
  await page.getByLabel("Name of the new organisation").fill(name);
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("button", { name: `Organisation: ${name}` }).waitFor();
  await page.getByRole("heading", { name: "Connect an API" }).waitFor();
  const organisation = new URL(page.url()).pathname.split("/").at(-1);
  const answer = await page.request.post(new URL(`/organisations/${organisation}/invitations`, stage.mooring.url).href, {
    data: { email: "somebody@example.com", role: "viewer" },
    headers: { "mooring-csrf": "1", origin: stage.mooring.url.origin },
  });
  return ((await answer.json()) as { url: string }).url;
}
