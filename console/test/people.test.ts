import { expect, test } from "vitest";
import { loadedStage } from "./harness/loaded.ts";

const at = loadedStage();

test("calls are listed as they are made, narrowed by what stands in the address, and one is told in detail", async () => {
  const { page, context, faults } = await at.stage.visit(`/calls?connection=${at.cargo.weather}`);
  await page.getByRole("row").nth(3).waitFor();
  expect(await page.getByRole("cell", { name: "Order desk" }).count()).toBe(0);
  await fetch(new URL(`/o/${at.stage.org}/connections/${at.cargo.weather}/environments/dev/proxy/tides`, at.stage.mooring.url), {
    headers: at.stage.key.headers,
  });
  await page.getByRole("link", { name: "GET /tides" }).click();
  await page.getByRole("heading", { name: "Call" }).waitFor();
  await page.getByText("The outside system answered").waitFor();
  await page.goBack();
  await page.getByLabel("Status").first().click();
  await page.getByRole("option", { name: "5xx" }).click();
  await page.waitForURL(/status=5xx/);
  await page.getByText("GET /tides").waitFor({ state: "detached" });
  expect(await page.getByRole("cell", { name: "500" }).count()).toBe(3);
  expect(faults).toEqual([]);
  await context.close();
});

test("an API key is shown once, does what it may and no more, and is refused once it is revoked", async () => {
  const { page, context, faults } = await at.stage.visit("/api-keys/new");
  await page.getByLabel("What is it for?").fill("Night job");
  await page.getByLabel("Read connections, their content, and calls").check();
  await page.getByRole("button", { name: "Create the key" }).click();
  await page.getByText("Shown this once").waitFor();
  const key = (await page.locator("pre").first().textContent()) ?? "";
  const answer = () => at.stage.client.raw(`/o/${at.stage.org}/connections`, { headers: { authorization: `Bearer ${key}` } });
  const forbidden = await at.stage.client.raw(`/organisations/${at.stage.org}/api-keys`, { headers: { authorization: `Bearer ${key}` } });
  expect((await answer()).status).toBe(200);
  expect(forbidden.status).toBe(403);
  await page.getByRole("link", { name: "I have it" }).click();
  await page.getByRole("button", { name: "Revoke Night job" }).waitFor();
  expect(await page.content()).not.toContain(key);
  await page.getByRole("button", { name: "Revoke Night job" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("Night job");
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.getByText("Night job").waitFor({ state: "detached" });
  await expect.poll(async () => (await answer()).status).toBe(401);
  expect(faults).toEqual([]);
  await context.close();
});

test("a viewer who was invited sees every page and no control that would be refused; nothing in the navigation is a dead end", async () => {
  const owner = await at.stage.visit("/members");
  await owner.page.getByRole("button", { name: "Invite somebody" }).click();
  await owner.page.getByLabel("E-mail").fill("vera@example.com");
  await owner.page.getByRole("dialog").getByLabel("Role").first().click();
  await owner.page.getByRole("option", { name: /^viewer/ }).click();
  await owner.page.getByRole("button", { name: "Make the invitation" }).click();
  const link = (await owner.page.getByText("/console/invitation#token=").textContent()) ?? "";
  await owner.context.close();

  const { page, context, faults, goto, settled } = await at.stage.open();
  await page.goto(link);
  await page.getByLabel("Your name").fill("Vera");
  await page.getByRole("textbox", { name: "Choose a password" }).fill("a lighthouse on the rocks");
  await page.getByRole("button", { name: /Accept|Join/ }).click();
  await page.getByRole("navigation").getByRole("link", { name: "Connections" }).waitFor();
  const offered = await page.getByRole("navigation").getByRole("link").allTextContents();
  expect(offered.map((one) => one.trim())).not.toEqual(expect.arrayContaining(["Audit"]));
  const refused: string[] = [];
  page.on("response", (response) => response.status() === 403 && refused.push(response.url()));
  const paths = ["", "/connections", "/credentials", "/calls", "/members", "/audit", "/api-keys"];
  const parts = [
    "",
    "/environments",
    "/environments/prod",
    "/versions",
    "/versions/2",
    "/actions",
    "/actions/2/placeOrder",
    "/definitions",
  ];
  const more = ["/definitions/2/Order", "/triggers", "/triggers/2/orderSent", "/events", "/subscriptions", "/settings"];
  const offers: string[] = [];
  const verb = /^(New|Create|Add|Delete|Remove|Revoke|Save|Edit|Publish|Invite|Rotate|Replace|Rename|Make)\b/;
  for (const path of [...paths, ...[...parts, ...more].map((part) => `/connections/${at.cargo.orders}${part}`)]) {
    await goto(path);
    await settled();
    const controls = await page.locator("main").getByRole("button").or(page.locator("main").getByRole("link")).allTextContents();
    offers.push(...controls.filter((one) => verb.test(one.trim())).map((one) => `${path}: ${one.trim()}`));
  }
  expect(offers).toEqual([]);
  expect(refused).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
}, 120_000);
