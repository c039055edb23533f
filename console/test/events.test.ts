import { expect, test } from "vitest";
import { loadedStage } from "./harness/loaded.ts";

const at = loadedStage();

const send = (key: string, id: string) =>
  at.stage.client.raw(`/o/${at.stage.org}/connections/${at.cargo.orders}/environments/prod/triggers/orderSent`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": key },
    body: JSON.stringify({ id, state: "sent" }),
  });

test("an event appears while the page is open, with why it was refused, and a pasted delivery is told step by step", async () => {
  const { page, context, faults, settled } = await at.stage.visit(`/connections/${at.cargo.orders}/triggers/1/orderSent?environment=prod`);
  await page.getByText(`/environments/${await prod()}/triggers/orderSent`).waitFor();
  await page.getByText("3 events", { exact: true }).waitFor();
  await send("a wrong key", "1001");
  await page.getByText("4 events", { exact: true }).waitFor();

  await page.getByLabel("Headers").fill("Content-Type: application/json\nX-Api-Key: a wrong key");
  await page.getByLabel("Body", { exact: true }).fill("{}");
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  await page.getByText("It does not pass.").waitFor();
  await page.getByText("holds another key than the credential").waitFor();
  await page.getByLabel("Headers").fill("Content-Type: application/json\nX-Api-Key: an-order-key-of-tests");
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  await page.getByText("It passes").waitFor();

  await page.getByRole("link", { name: "orderSent" }).first().click();
  await page.getByRole("heading", { name: "How it was verified" }).waitFor();
  await page.getByText('"id":"1001"').waitFor();
  expect(await page.getByText("a wrong key").count()).toBe(0);
  await page.goBack();
  await page.getByRole("heading", { name: "Verify a delivery" }).waitFor();
  await settled();
  expect(faults).toEqual([]);
  await context.close();
});

test("a new short address takes events, and the one before it ends when it should", async () => {
  const { page, context, faults } = await at.stage.visit(`/connections/${at.cargo.orders}/triggers/1/orderSent?environment=prod`);
  await page.getByRole("button", { name: "New short address" }).click();
  await page.getByRole("button", { name: "Make it" }).click();
  const address = (await page.getByText("/t/").textContent()) ?? "";
  const answer = await at.stage.client.raw(new URL(address).pathname, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": "an-order-key-of-tests" },
    body: '{"id":"2001","state":"sent"}',
  });
  expect(answer.status).toBe(200);
  expect(faults).toEqual([]);
  await context.close();
});

test("a subscription is made, its key shown once, its deliveries seen; and what it is called has to be typed before it goes", async () => {
  const { page, context, faults } = await at.stage.visit(`/connections/${at.cargo.orders}/subscriptions/new`);
  await page.getByLabel("Name").fill("Bookkeeping");
  await page.getByRole("textbox", { name: "Address" }).fill("no address");
  await page.getByRole("button", { name: "Create the subscription" }).click();
  // What the API says of the field stands at the field, and what was typed is still there.
  await page.getByText("Give an absolute").or(page.locator(".mantine-TextInput-error")).first().waitFor();
  expect(await page.getByLabel("Name").inputValue()).toBe("Bookkeeping");
  await page.getByRole("textbox", { name: "Address" }).fill(`${at.cargo.outside.url}/books`);
  await page.getByRole("button", { name: "Create the subscription" }).click();
  await page.getByText("Shown this once").waitFor();
  expect(await page.getByText("whsec_").textContent()).toMatch(/^whsec_/);
  await page.getByRole("button", { name: "I have it" }).click();
  await page.getByRole("heading", { name: "Bookkeeping" }).waitFor();
  expect(await page.content()).not.toContain("whsec_A");
  await send("an-order-key-of-tests", "3001");
  await page.getByRole("cell", { name: "delivered" }).first().waitFor();

  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("bookkeeping");
  expect(await dialog.getByRole("button", { name: "Delete" }).isDisabled()).toBe(true);
  await dialog.getByRole("textbox").fill("Bookkeeping");
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText("1 subscription", { exact: true }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test("a trigger of a draft is made, changed as JSON, and nothing that is not saved is lost by leaving", async () => {
  const { page, context, faults } = await at.stage.visit(`/connections/${at.cargo.orders}/triggers/new?version=2`);
  await page.getByLabel("Name").fill("orderLost");
  await page.getByRole("link", { name: "Connections" }).first().click();
  await page.getByRole("button", { name: "Stay here" }).click();
  await page.getByRole("button", { name: "Create the trigger" }).click();
  await page.getByRole("heading", { name: "orderLost" }).waitFor();
  await page.getByRole("button", { name: "Edit" }).click();
  const editor = page.getByRole("textbox", { name: "Trigger" });
  // The lines of the editor are elements, so its text is what can be seen.
  const text = await editor.evaluate((lines) => [...lines.children].map(({ textContent }) => textContent).join("\n"));
  await editor.fill(text.replace('"POST"', '"PUT"'));
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("PUT", { exact: true }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

async function prod(): Promise<string> {
  const { body } = await at.stage.client.must(at.stage.key, "GetEnvironment", {
    params: { connection_id: at.cargo.orders, environment_id: "prod" },
  });
  return body.id;
}
