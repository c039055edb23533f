import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trials } from "../../server/test/harness/profile.ts";
import { githubApi } from "../../tools/github-api.ts";
import { dropFile } from "./harness/drop.ts";
import { orderDesk } from "./harness/order-desk.ts";
import { type Outside, startOutside } from "./harness/outside.ts";
import { type Stage, startStage, type Visit } from "./harness/stage.ts";

let stage: Stage;
let outside: Outside;
let folder: string;
// One person, who stays signed in: the link of the first test works once.
let visit: Visit;
beforeAll(async () => {
  [stage, outside, folder] = await Promise.all([startStage(), startOutside(), mkdtemp(join(tmpdir(), "mooring-first-use-"))]);
  visit = await stage.open();
});
afterAll(async () => {
  await stage?.close();
  await outside?.close();
  if (folder) await rm(folder, { recursive: true });
});

test("from the one-time link to a call that worked, without a terminal", async () => {
  const { page } = visit;
  await page.goto(stage.link());
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Welcome, Owner" }).waitFor();

  await page.getByRole("link", { name: "From an OpenAPI file" }).click();
  await dropFile(page, "order-desk.json", JSON.stringify(orderDesk(outside.url)));
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("heading", { name: "Order desk is there" }).waitFor();

  // The key that the outside system wants, into the one environment there is.
  await page.getByRole("link", { name: "Add a credential" }).click();
  await page.getByRole("list", { name: "Environments in their order" }).getByRole("link").first().click();
  await page.getByRole("button", { name: "Add a credential for calls" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^API key in the header X-Api-Key/ }).click();
  await dialog.getByLabel(/^Secret/).fill("a-first-key-of-tests");
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText("API key in the header X-Api-Key").waitFor();
  expect(await page.content()).not.toContain("a-first-key-of-tests");

  await page.getByRole("link", { name: "Actions", exact: true }).click();
  await page.getByRole("link", { name: "Try it getOrder" }).click();
  await page.getByLabel(/^id/).fill("1042");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const answer = page.getByRole("region", { name: "Answer" });
  await answer.getByText("200 OK · it worked").waitFor();
  await answer.locator(".cm-content").getByText('"1042"').waitFor();
  expect(outside.asked).toMatchObject([{ method: "GET", path: "/v1/orders/1042", headers: { "x-api-key": "a-first-key-of-tests" } }]);

  await page.getByRole("link", { name: "Calls", exact: true }).click();
  const calls = page.getByRole("table", { name: "Calls" });
  await calls.getByRole("link", { name: "GET /orders/1042" }).waitFor();
  await page.getByRole("link", { name: "Home", exact: true }).click();
  await page.getByText("1 call in the last hour").waitFor();
  expect(visit.faults).toEqual([]);
});

test("GitHub's API is imported, one of its thousand actions found by typing, and what would leave for it shown", async () => {
  const { page } = visit;
  await visit.goto("/connections/new/file");
  await page.locator("input[type=file]").setInputFiles(await githubFile());
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("heading", { name: /GitHub.* is there/ }).waitFor({ timeout: 60_000 });
  const actions = await page.locator("dl > div", { hasText: "actions" }).locator("dd").textContent();
  expect(Number(actions?.replace(",", ""))).toBeGreaterThan(900);
  await page.getByRole("searchbox", { name: "Search the messages" }).fill("tags");
  await page.getByText("/paths/~1/get/tags").first().waitFor();

  await page.getByRole("link", { name: "Go to the connection" }).click();
  await page.getByRole("link", { name: "Actions", exact: true }).click();
  await page.getByText(`${actions} actions`).waitFor();
  await page.getByPlaceholder("Search").fill("issues_create-comm");
  await page.getByRole("link", { name: "Try it issues_create-comment" }).click();
  for (const [name, value] of Object.entries({ owner: "harbour", repo: "pilot", issue_number: "7" }))
    await page.getByLabel(new RegExp(`^${name}`)).fill(value);
  await page.getByLabel(/^body/).fill("The tide is out.");
  const explanation = page.getByRole("region", { name: "Explanation" });
  await explanation.getByText("https://api.github.com/repos/harbour/pilot/issues/7/comments").first().waitFor();
  await explanation.getByText(/^A body of \d+ B/).waitFor();
  expect(visit.faults).toEqual([]);
}, 120_000);

/** GitHub's own file in the long run, since 400 MB of packages are unpacked for it; else its operations, as its client knows them. */
async function githubFile(): Promise<string> {
  if (trials({ change: 0, long: 1 }) > 0) return githubApi();
  const paths: Record<string, Record<string, object>> = { "/": {} };
  for (const [tag, operations] of Object.entries(new Octokit().rest))
    for (const [name, { endpoint }] of Object.entries(operations as Record<string, { endpoint: Endpoint }>)) {
      const { method, url } = endpoint.DEFAULTS;
      const inPath = [...url.matchAll(/\{(\w+)\}/g)].map(([, parameter = ""]) => parameter);
      const parameters = inPath.map((parameter) => ({ name: parameter, in: "path", required: true, schema: { type: "string" } }));
      const operationId = `${tag}/${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      const text = {
        content: { "application/json": { schema: { type: "object", required: ["body"], properties: { body: { type: "string" } } } } },
      };
      paths[url] ??= {};
      paths[url][method.toLowerCase()] ??= {
        operationId,
        tags: [tag],
        parameters,
        ...(method === "POST" && { requestBody: { required: true, ...text } }),
        responses: { "200": { description: "It worked.", ...text } },
      };
    }
  const file = join(folder, "api.github.com.json");
  const info = { title: "GitHub", version: "1" };
  await writeFile(file, JSON.stringify({ openapi: "3.0.3", info, servers: [{ url: "https://api.github.com" }], paths }));
  return file;
}

interface Endpoint {
  readonly DEFAULTS: { readonly method: string; readonly url: string };
}
