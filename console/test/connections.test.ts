import { afterAll, beforeAll, expect, test } from "vitest";
import { dropFile } from "./harness/drop.ts";
import { orderDesk } from "./harness/order-desk.ts";
import { type Stage, startStage } from "./harness/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(async () => {
  await stage?.close();
});

test("a connection is made of nothing but an address, with its first secret, and shown", async () => {
  const visit = await stage.visit("/connections");
  const { page } = visit;
  await page.getByText("No connections yet").waitFor();
  await page.getByRole("link", { name: "New connection" }).click();
  await page.getByRole("link", { name: "From nothing" }).click();

  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Timetable");
  await page.getByRole("textbox", { name: "Base URL" }).fill("not an address");
  await page.getByRole("radio", { name: "API key" }).check();
  await page.getByLabel("Key", { exact: true }).fill("a-secret-of-tests");
  await page.getByRole("button", { name: "Create connection" }).click();
  // What was wrong is beside its field, and what was typed is still there.
  await page.locator("[aria-invalid=true]").waitFor();
  expect(await page.getByRole("textbox", { name: "Base URL" }).getAttribute("aria-invalid")).toBe("true");
  expect(await page.getByLabel("Key", { exact: true }).inputValue()).toBe("a-secret-of-tests");

  await page.getByRole("link", { name: "Home" }).click();
  await page.getByRole("button", { name: "Stay here" }).click();
  await page.getByRole("textbox", { name: "Base URL" }).fill("https://{{ env.tenant }}.example.com/v1");
  await page.getByRole("button", { name: "Add a variable" }).click();
  await page.getByLabel("Name of variable 1").fill("tenant");
  await page.getByLabel("Value of tenant").fill("north");
  // Twice, as impatient people do: it is one connection.
  await page.getByRole("textbox", { name: "Base URL" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");

  await page.getByRole("heading", { level: 1, name: "Timetable" }).waitFor();
  await page.getByText("First steps").waitFor();
  expect((await stage.client.must(stage.key, "ListConnections")).body.totalCount).toBe(1);
  const environments = page.getByRole("region", { name: "Environments" });
  expect(await environments.getByRole("listitem").allInnerTexts()).toEqual([
    expect.stringMatching(/dev[\s\S]*credential: not tried yet/),
    expect.stringMatching(/prod[\s\S]*no credentials/),
  ]);
  const code = page.getByRole("region", { name: "curl" });
  await expect.poll(() => code.textContent()).toContain(`${stage.mooring.url.origin}/o/${stage.org}/connections/`);
  expect(await code.textContent()).toContain("$MOORING_API_KEY");
  expect(visit.faults).toEqual([]);
});

test("a connection to a well-known API asks for its variables, keeps its application, and waits for a sign-in", async () => {
  const visit = await stage.visit("/connections/new");
  const { page } = visit;
  await page.getByRole("searchbox", { name: "Search well-known APIs" }).fill("zendesk");
  await page.getByRole("link", { name: /Zendesk/ }).click();
  await page.getByRole("textbox", { name: "Subdomain" }).fill("harbour");
  await page.getByRole("radio", { name: "OAuth client, with a sign-in" }).check();
  expect(await page.getByRole("textbox", { name: "Where tokens are issued" }).inputValue()).toBe(
    "https://harbour.zendesk.com/oauth/tokens",
  );
  await page.getByRole("textbox", { name: "Client id" }).fill("a-client");
  await page.getByLabel("Client secret").fill("a-client-secret-of-tests");
  await page.getByRole("button", { name: "Create connection" }).click();

  await page.getByRole("heading", { level: 1, name: "Zendesk" }).waitFor();
  await page.getByText("A person is needed").waitFor();
  await page.getByRole("link", { name: "Zendesk", exact: true }).click();
  await page.waitForURL(/\/credentials\//);
  const { body } = await stage.client.must(stage.key, "ListCredentials");
  expect(body.credentials.filter(({ name }) => name.startsWith("Zendesk")).map(({ type }) => type)).toEqual(
    expect.arrayContaining(["oauth2-client", "oauth2-token"]),
  );
  expect(visit.faults).toEqual([]);
});

test("a file is dropped, refused with its place, imported under a name, and says what it could not carry over", async () => {
  const visit = await stage.visit("/connections/new/file");
  const { page } = visit;
  await dropFile(page, "broken.json", '{\n  "openapi": "3.1.0",\n  oops\n}');
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByText("Line 3, column 3").waitFor();
  expect(await page.getByText("broken.json").isVisible()).toBe(true);

  const file = { ...orderDesk("https://orders.example.com"), tags: [{ name: "orders" }] };
  await dropFile(page, "orders.json", JSON.stringify(file));
  await page.getByRole("textbox", { name: "Name" }).fill("Orders of the harbour");
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("heading", { name: "Orders of the harbour is there" }).waitFor();
  expect(await page.locator("dl > div", { hasText: "actions" }).textContent()).toContain("5");
  await page.getByRole("searchbox", { name: "Search the messages" }).fill("tags");
  await page.getByText("/tags").first().waitFor();
  // It waits here for whoever has left the page meanwhile.
  await page.getByRole("link", { name: "Connections" }).first().click();
  await page.getByRole("link", { name: "See what came of it" }).click();
  await page.getByRole("link", { name: "Go to the connection" }).click();
  await page.getByRole("heading", { level: 1, name: "Orders of the harbour" }).waitFor();
  await page.getByRole("combobox", { name: "Any path, or an action" }).click();
  await page.getByRole("option", { name: "getOrder" }).click();
  await expect.poll(() => page.getByRole("region", { name: "curl" }).textContent()).toContain("/actions/getOrder/invoke?version=1");
  expect(visit.faults).toEqual([]);
});

test("a search among hundreds shows what fits as it is typed, by keyboard, and stays in the address", async () => {
  await Promise.all(Array.from({ length: 250 }, (_, index) => create(`Berth ${String(index).padStart(3, "0")}`)));
  const visit = await stage.visit("/connections");
  const { page } = visit;
  const list = page.getByRole("table", { name: "Connections" });
  await list.getByRole("link", { name: /Berth/ }).first().waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("berth 24");
  await page.getByText("10 connections found").waitFor();
  expect((await list.getByRole("link").allInnerTexts()).toSorted()).toEqual(Array.from({ length: 10 }, (_, index) => `Berth 24${index}`));
  await page.getByText("BigQuery", { exact: true }).click();
  await page.getByText("Nothing fits").waitFor();
  await visit.goto("/connections?search=berth+24&sort=name:desc");
  expect(await page.getByRole("searchbox").inputValue()).toBe("berth 24");
  expect((await list.getByRole("link").allInnerTexts())[0]).toBe("Berth 249");
  await page.getByRole("searchbox").fill("no such berth");
  await page.getByRole("button", { name: "Show all connections" }).click();
  // The list goes on beyond what one page of the API holds.
  await expect
    .poll(async () => {
      await page.keyboard.press("End");
      return list.getByRole("link", { name: "Timetable" }).isVisible();
    })
    .toBe(true);
  expect(visit.faults).toEqual([]);
});

test("who saves second sees both, and takes either; a change of another part is in nobody's way", async () => {
  const id = await create("Pilot");
  const visit = await stage.visit(`/connections/${id}/settings`);
  const { page } = visit;
  const name = page.getByRole("textbox", { name: "Name", exact: true });
  const save = () => page.getByRole("button", { name: "Save changes" }).click();

  await name.fill("Pilot of the north");
  await rename(id, "Pilot of the south");
  await save();
  const conflict = page.getByRole("alert").filter({ hasText: "Somebody else changed this meanwhile" });
  expect(await conflict.getByRole("row").last().textContent()).toBe(`name"Pilot""Pilot of the south""Pilot of the north"`);
  await conflict.getByRole("button", { name: "Take theirs" }).click();
  await expect.poll(() => name.inputValue()).toBe("Pilot of the south");

  await name.fill("Pilot of the east");
  await rename(id, "Pilot of the west");
  await save();
  await conflict.getByRole("button", { name: "Save mine over it" }).click();
  await page.getByRole("heading", { level: 1, name: "Pilot of the east" }).waitFor();

  await name.fill("Pilot");
  await stage.client.must(stage.key, "CreateConnectionVersion", { params: { connection_id: id }, body: { name: "2" } });
  await save();
  await page.getByText("Saved", { exact: true }).waitFor();
  expect(visit.faults).toEqual([]);
});

test("deleting names what it breaks and asks for the name", async () => {
  const id = await create("Lighthouse");
  const params = { connection_id: id };
  await stage.client.must(stage.key, "PublishConnection", { params: { ...params, version: "1" } });
  await stage.client.must(stage.key, "CreateSubscription", { params, body: { name: "Fog signals" } });
  const visit = await stage.visit(`/connections/${id}/settings`);
  const { page } = visit;
  await page.getByRole("button", { name: "Delete the connection" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete the connection" });
  await dialog.getByText("1 active subscription: Fog signals").waitFor();
  const confirm = dialog.getByRole("button", { name: "Delete for good" });
  await dialog.getByRole("textbox").fill("lighthouse");
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByRole("textbox").fill("Lighthouse");
  await confirm.click();
  await page.getByRole("heading", { level: 1, name: "Connections" }).waitFor();
  const { body } = await stage.client.must(stage.key, "ListConnectionSummaries", { query: { search: "Lighthouse" } });
  expect(body.totalCount).toBe(0);
  expect(visit.faults).toEqual([]);
});

async function create(name: string): Promise<string> {
  const environments = [{ name: "prod", variables: [], credentials: {} }];
  const body = { name, baseUrl: "https://berths.example.com", authSchemeConfigs: [], environments };
  return (await stage.client.must(stage.key, "CreateHTTPConnection", { body })).body.id;
}

async function rename(id: string, name: string): Promise<void> {
  const params = { connection_id: id };
  const { body } = await stage.client.must(stage.key, "GetConnection", { params });
  await stage.client.must(stage.key, "UpdateConnection", { params, body: { ...body, name } });
}
