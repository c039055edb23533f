import type { HTTPConnection } from "@mooring/contract";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Outside, startOutside } from "./harness/outside.ts";
import { type Stage, startStage } from "./harness/stage.ts";

let stage: Stage;
let outside: Outside;
beforeAll(async () => {
  [stage, outside] = await Promise.all([startStage(), startOutside()]);
});
afterAll(async () => {
  await stage?.close();
  await outside?.close();
});

test("environments are added, put in order and renamed; whoever is second is shown what differs, and what breaks is named before one goes", async () => {
  const { id } = await connection("Harbour", ["dev", "prod"]);
  const visit = await stage.visit(`/connections/${id}/environments`);
  const { page } = visit;

  await page.getByRole("button", { name: "Add an environment" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("dev");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("dialog").locator("[aria-invalid=true]").waitFor();
  await page.getByRole("textbox", { name: "Name" }).fill("staging");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("heading", { name: "staging" }).waitFor();

  await page.getByRole("link", { name: "All environments" }).click();
  await moveToTop(page, "staging", 3);
  await expect.poll(async () => (await read(id)).environments.map(({ name }) => name)).toEqual(["staging", "dev", "prod"]);

  await page.getByRole("link", { name: "staging" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("test");
  await rename(id, "staging", "preview");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const difference = page.getByRole("alert").filter({ hasText: "Somebody else changed this meanwhile" });
  expect(await difference.getByRole("row").filter({ hasText: "name" }).textContent()).toMatch(/"staging".*"preview".*"test"/);
  await difference.getByRole("button", { name: "Save mine over it" }).click();
  await page.getByRole("heading", { name: "test", exact: true }).waitFor();

  await stage.client.must(stage.key, "CreateSubscription", {
    params: { connection_id: id },
    body: { name: "Mirror", environment: "test" },
  });
  await page.getByRole("button", { name: "Delete the environment" }).click();
  await page.getByRole("link", { name: "Mirror" }).waitFor();
  await page.getByLabel("Type test to go on").fill("test");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByLabel("Delete the subscriptions that use it as well").check();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("heading", { name: "Environments", exact: true }).waitFor();
  expect((await read(id)).environments.map(({ name }) => name)).toEqual(["dev", "prod"]);
  expect(visit.faults).toEqual([]);
});

test("an API key that is typed once goes with a call; its order is changed with the keyboard, explained, and its secret is nowhere on the page", async () => {
  const { id } = await connection("Customs", ["dev"]);
  const visit = await stage.visit(`/connections/${id}/environments/dev`);
  const { page } = visit;

  await addKey(page, { name: "First key", header: "X-First", secret: "first-secret-of-tests" });
  await addKey(page, { name: "Second key", header: "X-Second", secret: "second-secret-of-tests" });
  await page.getByRole("button", { name: "Move Second key" }).waitFor();
  expect(await page.content()).not.toContain("secret-of-tests");

  expect(await testSteps(page, "First key")).toEqual(["First key", "Second key"]);
  expect(outside.asked.at(-1)).toMatchObject({
    path: "/orders",
    headers: { "x-first": "first-secret-of-tests", "x-second": "second-secret-of-tests" },
  });
  await moveToTop(page, "Second key", 2);
  await expect
    .poll(async () => (await read(id)).environments[0]?.credentials.action.map(({ credential }) => credential.name))
    .toEqual(["Second key", "First key"]);
  expect(await testSteps(page, "First key")).toEqual(["Second key", "First key"]);

  await page.getByRole("button", { name: "More about Second key" }).click();
  await page.getByRole("menuitem", { name: "Change how it is sent" }).click();
  await page.getByRole("textbox", { name: "Its name" }).fill("X-First");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("alert").waitFor();
  await page.getByRole("textbox", { name: "Its name" }).fill("X-Other");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("API key in the header X-Other").waitFor();
  expect(visit.faults).toEqual([]);
});

test("variables say where calls go, keep what was typed when they are refused, and are guarded until they are saved", async () => {
  const { id } = await connection("Pilots", ["dev"], `${outside.url}/{{ env.region }}`);
  const visit = await stage.visit(`/connections/${id}/environments/dev`);
  const { page } = visit;
  await page.getByRole("button", { name: "Add a variable" }).click();
  await page.getByLabel("Name of variable 1").fill("not a name");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.locator("[aria-invalid=true]").waitFor();
  await page.getByLabel("Name of variable 1").fill("region");
  await page.getByLabel("Value of region").fill("north");
  await page.getByText(`${outside.url}/north`).waitFor();
  await page.getByRole("link", { name: "Credentials", exact: true }).click();
  await page.getByRole("button", { name: "Stay here" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("There are changes that are not saved.").waitFor({ state: "detached" });
  expect((await read(id)).environments[0]?.variables).toEqual([{ name: "region", value: "north" }]);
  expect(visit.faults).toEqual([]);
});

test("a secret is replaced with an overlap, its user name kept; one in use is not deleted but shown where; one that is free goes", async () => {
  const visit = await stage.visit("/credentials/new");
  const { page } = visit;
  await page.getByRole("textbox", { name: "Name" }).fill("Berth login");
  await page.getByRole("radio", { name: "User name and password" }).check();
  await page.getByRole("textbox", { name: "User name" }).fill("sam");
  await page.getByRole("textbox", { name: "Password" }).fill("before-secret-of-tests");
  await page.getByRole("button", { name: "Keep the secret" }).click();
  await page.getByRole("heading", { name: "Berth login" }).waitFor();

  await page.getByRole("textbox", { name: "Password" }).fill("after-secret-of-tests");
  await page.getByRole("combobox", { name: "The secret that it replaces" }).click();
  await page.getByRole("option", { name: /another hour/ }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "End it now" }).click();
  await page.getByRole("button", { name: "End it now" }).waitFor({ state: "detached" });
  expect(await page.content()).not.toContain("secret-of-tests");

  const credential = page.url().split("/").at(-1) ?? "";
  const { id } = await connection("Berths", ["dev"]);
  await link(id, credential);
  await page.reload();
  await page.getByRole("link", { name: "Berths / dev" }).waitFor();
  await page.getByRole("button", { name: "Delete the credential" }).click();
  const dialog = page.getByRole("dialog", { name: "It is still in use" });
  await dialog.getByRole("link", { name: "Berths / dev" }).click();
  await page.getByRole("button", { name: "More about Berth login" }).click();
  await page.getByRole("menuitem", { name: "Unlink" }).click();
  await page.getByRole("button", { name: "Unlink", exact: true }).click();
  await page.getByText("Calls go out without any proof of who calls.").waitFor();

  await visit.goto(`/credentials/${credential}`);
  await page.getByRole("button", { name: "Delete the credential" }).click();
  await page.getByLabel("Type Berth login to go on").fill("Berth login");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("heading", { name: "Credentials", exact: true }).waitFor();
  expect(await page.getByRole("link", { name: "Berth login" }).count()).toBe(0);
  expect(visit.faults).toEqual([]);
});

async function connection(name: string, environments: readonly string[], baseUrl = outside.url): Promise<HTTPConnection> {
  const list = environments.map((one) => ({ name: one, variables: [], credentials: {} }));
  const body = { name, baseUrl, authSchemeConfigs: [], environments: list };
  return (await stage.client.must(stage.key, "CreateHTTPConnection", { body })).body;
}

async function read(id: string): Promise<HTTPConnection> {
  return (await stage.client.must(stage.key, "GetConnection", { params: { connection_id: id } })).body as HTTPConnection;
}

async function rename(id: string, from: string, to: string): Promise<void> {
  const params = { connection_id: id, environment_id: from };
  const { body } = await stage.client.must(stage.key, "GetEnvironment", { params });
  await stage.client.must(stage.key, "UpdateEnvironment", { params, body: { id: body.id, name: to } });
}

async function link(id: string, credential: string): Promise<void> {
  const params = { connection_id: id, environment_id: "dev" };
  const { body } = await stage.client.must(stage.key, "GetEnvironment", { params });
  const action = [{ authSchemeConfig: { schemeType: "basic-auth" } as const, credential: { id: credential } }];
  await stage.client.must(stage.key, "UpdateEnvironment", { params, body: { id: body.id, name: "dev", credentials: { action } } });
}

async function addKey(page: Page, { name, header, secret }: { name: string; header: string; secret: string }): Promise<void> {
  await page.getByRole("button", { name: "Add a credential for calls" }).click();
  await page.getByRole("button", { name: /^API key/ }).click();
  await page.getByRole("textbox", { name: "Its name" }).fill(header);
  await page.getByRole("dialog").getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page
    .getByRole("dialog")
    .getByLabel(/^Secret/)
    .fill(secret);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("link", { name }).waitFor();
}

/** Picks the last of `count` rows up, moves it to the top, and puts it down, as somebody without a mouse does who hears each step. */
async function moveToTop(page: Page, name: string, count: number): Promise<void> {
  const heard = (text: string, timeout?: number) =>
    page
      .getByRole("status")
      .filter({ hasText: text })
      .waitFor(timeout === undefined ? {} : { timeout });
  await page.getByRole("button", { name: `Move ${name}` }).press("Space");
  await heard(`Picked up ${name}. It is ${count} of ${count}.`);
  // A key that comes before the rows were measured moves nothing, and one at the top neither: a person presses again.
  for (let presses = 0; presses < 10; presses += 1) {
    await page.keyboard.press("ArrowUp");
    const isThere = await heard(`${name} is now 1 of ${count}.`, 1_000).then(
      () => true,
      () => false,
    );
    if (isThere) break;
  }
  await page.keyboard.press("Space");
  await heard(`${name} was put down as 1 of ${count}.`);
}

/** Sends a test and gives the names of the credentials in the order that they were applied in. */
async function testSteps(page: Page, name: string): Promise<string[]> {
  await page.getByRole("button", { name: `Test ${name}` }).click();
  await page.getByLabel("Path of the GET").fill("/orders");
  await page.getByRole("button", { name: "Send" }).click();
  await page.getByText("200 from the outside system").waitFor();
  const steps = await page.getByRole("list", { name: "What each credential did" }).getByRole("listitem").allTextContents();
  await page.getByRole("button", { name: "Close" }).click();
  return steps.map((step) => /^(First|Second) key/.exec(step)?.[0] ?? step);
}
