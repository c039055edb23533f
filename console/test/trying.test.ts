import { afterAll, beforeAll, expect, test } from "vitest";
import { importForm } from "../../server/test/harness/forms.ts";
import { orderDesk } from "./harness/order-desk.ts";
import { type Outside, startOutside } from "./harness/outside.ts";
import { type Stage, startStage } from "./harness/stage.ts";

let stage: Stage;
let outside: Outside;
let orders: string;

beforeAll(async () => {
  outside = await startOutside();
  stage = await startStage();
  const { client, key } = stage;
  const { body } = await client.must(key, "ImportHTTPConnection", importForm(orderDesk(outside.url)));
  orders = body.connection.id;
  const { body: credential } = await client.must(key, "CreateCredential", {
    body: { type: "string", name: "Order desk key", data: { value: "an-order-key-of-tests" } },
  });
  const scheme = { schemeType: "api-key", in: "header", name: "X-Api-Key" } as const;
  const action = [{ authSchemeConfig: scheme, credential: { id: credential.id } }];
  await client.must(key, "UpdateConnection", {
    params: { connection_id: orders },
    body: {
      ...body.connection,
      environments: [
        ...body.connection.environments.map(({ id, name }) => ({ id, name, credentials: {}, variables: [] })),
        { name: "prod", credentials: { action }, variables: [] },
      ],
    },
  });
});

afterAll(async () => {
  await stage.close();
  await outside.close();
});

test("an action is found, filled in by its form, explained as it is typed, and called with the credential", async () => {
  const { page, faults } = await stage.visit(`/connections/${orders}/actions`);
  await page.getByPlaceholder("Search by name").fill("place");
  await page.getByRole("link", { name: "listOrders", exact: true }).waitFor({ state: "detached" });
  expect(page.url()).toContain("name=place");
  await page.getByRole("link", { name: "Try it placeOrder" }).click();
  await page.getByLabel("Environment").selectOption({ label: "prod" });
  const explanation = page.getByRole("region", { name: "Explanation" });
  await explanation.getByText("Order desk key").waitFor();

  await page.getByRole("button", { name: "Send", exact: true }).click();
  const sku = page.getByLabel(/^sku/);
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true");
  expect(await sku.getAttribute("aria-invalid")).toBe("true");
  expect(outside.asked).toEqual([]);

  await sku.fill("rope-12");
  await page.getByLabel(/^quantity/).fill("many");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("This is no number.").waitFor();
  await page.getByLabel(/^quantity/).fill("90071992547409930001");
  await page.getByRole("button", { name: "Add delivery" }).click();
  await page.getByLabel("Which delivery").selectOption({ label: "Pickup" });
  await page.getByLabel(/^at/).fill("2026-12-01T09:00:00Z");
  await explanation.getByText(`${outside.url}/v1/orders`).first().waitFor();
  await explanation.getByText("********").waitFor();

  // What was typed is in the JSON, digit by digit, and what is typed there is in the form.
  await page.getByText("JSON", { exact: true }).click();
  const editor = page.locator(".cm-content");
  await editor.getByText("90071992547409930001").waitFor();
  await page.keyboard.press("Tab");
  await editor.fill('{"lines":[{"sku":"rope-12","quantity":90071992547409930001},{"sku":"cleat","quantity":2}],"note":null}');
  await page.getByText("Form", { exact: true }).click();
  expect(await page.getByLabel(/^sku/).nth(1).inputValue()).toBe("cleat");

  await page.getByLabel("Hold the answer against its definition").check();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const answer = page.getByRole("region", { name: "Answer" });
  await answer.getByText("200 OK · it worked").waitFor();
  await answer.getByText("Answer of the outside system").waitFor();
  await answer.getByText("It is not what the definition says").waitFor();
  await answer.locator(".cm-content").getByText('"packed"').waitFor();
  const id = (await answer.getByRole("link", { name: "Record of this call" }).getAttribute("href"))?.split("/").at(-1) ?? "";
  expect(id).toMatch(/^[0-9A-Z]{26}$/);

  const [asked] = outside.asked;
  expect(asked).toMatchObject({ method: "POST", path: "/v1/orders", headers: { "x-api-key": "an-order-key-of-tests" } });
  expect(asked?.body).toContain("90071992547409930001");
  expect(JSON.parse(asked?.body ?? "")).toMatchObject({ note: null, lines: [{ sku: "rope-12" }, { sku: "cleat", quantity: 2 }] });
  expect(faults).toEqual([]);
});
