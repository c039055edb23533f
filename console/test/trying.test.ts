import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
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
  await retype(page, '{"lines":[{"sku":"rope-12","quantity":90071992547409930001},{"sku":"cleat","quantity":2}],"note":null}');
  await page.getByText("Form", { exact: true }).click();
  expect(await page.getByLabel(/^sku/).nth(1).inputValue()).toBe("cleat");

  await page.getByLabel("Hold the answer against its definition").check();
  await page.getByLabel(/^sku/).first().press("Enter");
  expect(outside.asked).toEqual([]);
  await page.getByLabel(/^sku/).first().press("Control+Enter");
  const answer = page.getByRole("region", { name: "Answer" });
  await answer.getByText("200 OK · it worked").waitFor();
  await answer.getByText("Answer of the outside system").waitFor();
  await answer.getByText("It is not what the definition says").waitFor();
  await answer.locator(".cm-content").getByText('"packed"').first().waitFor();
  const id = (await answer.getByRole("link", { name: "Record of this call" }).getAttribute("href"))?.split("/").at(-1) ?? "";
  expect(id).toMatch(/^[0-9A-Z]{26}$/);

  const [asked] = outside.asked;
  expect(asked).toMatchObject({ method: "POST", path: "/v1/orders", headers: { "x-api-key": "an-order-key-of-tests" } });
  expect(asked?.body).toContain("90071992547409930001");
  expect(JSON.parse(asked?.body ?? "")).toMatchObject({ note: null, lines: [{ sku: "rope-12" }, { sku: "cleat", quantity: 2 }] });
  expect(faults).toEqual([]);
});

/** As hands do it: what a browser's own replacing of rich text would add, the page's policy refuses, and says so. */
async function retype(page: Page, text: string): Promise<void> {
  await page.locator(".cm-content").first().click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Backspace");
  await page.keyboard.insertText(text);
}

test("any path is called without an action, and whatever comes back is shown for what it is", async () => {
  const odd = await startOdd();
  const { client, key } = stage;
  const { body: connection } = await client.must(key, "CreateHTTPConnection", {
    body: { name: "Odd", baseUrl: odd.url, authSchemeConfigs: [], environments: [{ name: "dev", variables: [], credentials: {} }] },
  });
  const { page, faults } = await stage.visit(`/connections/${connection.id}/actions`);
  await page.getByRole("link", { name: "Call any path" }).first().click();
  const send = page.getByRole("button", { name: "Send", exact: true });
  const answer = page.getByRole("region", { name: "Answer" });
  const path = page.getByLabel("Path");

  await page.getByLabel("Method").selectOption("POST");
  await path.fill("/echo?open=true");
  await page.getByRole("button", { name: "Add a header" }).click();
  await page.getByLabel("Name of the header").fill("Cookie");
  await page.getByText("Use curl for it.").waitFor();
  await page.getByLabel("Name of the header").fill("X-Shop");
  await page.getByLabel("Value of X-Shop").fill("north");
  await page.getByLabel("Body").fill("two lines\nof text");
  await page.getByRole("region", { name: "Explanation" }).getByText("/echo?open=true").waitFor();
  await send.click();
  await answer.getByText("POST /echo?open=true north").waitFor();
  await answer.getByText("of text").waitFor();

  // A browser takes out what leads upwards before it sends: this would be another address of Mooring.
  const led: string[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith("/prod")) led.push(request.url());
  });
  await path.fill("/../../prod");
  await page.getByText("This leads out of the connection").waitFor();
  await send.click();
  expect(led).toEqual([]);

  await page.getByLabel("Method").selectOption("GET");
  // A redirect is not followed; a page is shown as its text, and runs nothing; a picture is drawn.
  await path.fill("/moved");
  await send.click();
  await answer.getByText("302 · it is elsewhere").waitFor();
  await path.fill("/page");
  await send.click();
  await answer.getByText("<script>document.title = 'taken'</script>").waitFor();
  expect(await page.title()).toBe("Call any path · Odd · Mooring");
  await path.fill("/picture");
  await send.click();
  await answer.getByRole("img", { name: "The picture that came" }).waitFor();
  const saving = page.waitForEvent("download");
  await answer.getByRole("button", { name: "Download (70 B)" }).click();
  expect((await saving).suggestedFilename()).toBe("answer.png");

  // A browser that saw the challenge would ask for a password itself.
  await path.fill("/locked");
  await send.click();
  await answer.getByText("401 Unauthorized · it was refused").waitFor();
  await answer.getByText(/^Headers/).click();
  await answer.getByText('Basic realm="odd"').waitFor();

  await path.fill("/never");
  await send.click();
  await page.getByText("Waiting for the answer").waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("You stopped it before an answer came.").waitFor();
  // The browser's protocol tells of where the redirect would lead; nothing went there.
  expect(faults.filter((fault) => fault !== `${outside.url}/elsewhere`)).toEqual([]);
  expect(outside.asked.map((asked) => asked.path)).not.toContain("/elsewhere");
  odd.server.closeAllConnections();
  odd.server.close();
});

/** A system that answers in ways that a browser must not act upon. */
async function startOdd(): Promise<{ server: Server; url: string }> {
  const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.url === "/moved") return response.writeHead(302, { location: `${outside.url}/elsewhere` }).end();
    if (request.url === "/page")
      return response.writeHead(200, { "content-type": "text/html" }).end("<script>document.title = 'taken'</script>");
    if (request.url === "/picture") return response.writeHead(200, { "content-type": "image/png" }).end(Buffer.from(pixel, "base64"));
    if (request.url === "/locked") return response.writeHead(401, { "www-authenticate": 'Basic realm="odd"' }).end();
    if (request.url === "/never") return undefined;
    return response.end(`${request.method} ${request.url} ${request.headers["x-shop"]}\n${body}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("an action is added to a draft, changed while somebody else does, and deleted by its name", async () => {
  const { client, key } = stage;
  const params = { connection_id: orders, version: "1" };
  const { page, faults } = await stage.visit(`/connections/${orders}/actions?version=1`);
  await page.getByRole("button", { name: "New action" }).click();
  await page.getByRole("dialog").getByRole("textbox", { name: "Name" }).fill("shipOrder");
  await page.getByLabel("Method").selectOption("PUT");
  await page.getByLabel("Path").fill("/orders/{{ param.id }}/shipping");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("group", { name: "id" }).waitFor();

  await page.getByLabel("Summary").fill("Ships an order");
  const { body: action } = await client.must(key, "GetAction", { params: { ...params, action_name: "shipOrder" } });
  expect(action).toMatchObject({ method: "PUT", parameters: [{ name: "id", in: "path", required: true }] });
  await client.must(key, "UpdateAction", {
    params: { ...params, action_name: "shipOrder" },
    body: { ...action, summary: "Sends it off" } as never,
  });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Somebody else changed this meanwhile").waitFor();
  await page.getByText('"Sends it off"').waitFor();
  await page.getByRole("button", { name: "Save mine over it" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();

  await page.getByText("JSON", { exact: true }).click();
  await retype(page, '{"type":"http"');
  await page.getByText("Mend it to save").waitFor();
  await page.getByRole("button", { name: "Undo changes" }).click();
  await page.getByRole("button", { name: "Delete" }).first().click();
  await page.getByRole("textbox", { name: /to go on/ }).fill("shipOrder");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("5 actions").waitFor();
  expect(faults).toEqual([]);
});
