import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stage, startStage } from "./harness/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.close());

test("a draft is published after its breaking change and who follows default were named, and is frozen then", async () => {
  const id = await connection("Berths");
  await stage.client.must(stage.key, "PublishConnection", { params: { connection_id: id, version: "1" } });
  await stage.client.must(stage.key, "CreateSubscription", { params: { connection_id: id }, body: { name: "Ledger" } });
  const visit = await stage.visit(`/connections/${id}/versions`);
  const { page } = visit;

  await page.getByRole("button", { name: "New draft" }).click();
  expect(await page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("2");
  await page.getByRole("button", { name: "Start the draft" }).click();
  await page.getByText("Nothing differs from version 1").waitFor();

  await requireParameter(id, "2");
  await page.reload();
  const comparison = page.getByRole("region", { name: "What it changes" });
  await comparison.getByText("1 breaking change").waitFor();
  await comparison.getByText("A call without it is refused").waitFor();
  await comparison.getByRole("link", { name: "Ledger" }).waitFor();

  await page.getByRole("button", { name: "Publish" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Against version 1, the default: 1 breaking change").waitFor();
  await dialog.getByText("This subscription follows default: Ledger").waitFor();
  expect(await dialog.getByRole("radio", { name: "Version 1, as now" }).isChecked()).toBe(true);
  await dialog.getByRole("radio", { name: "Version 2, this one" }).check();
  await dialog.getByRole("button", { name: "Publish and make it the default" }).click();

  await page.getByText("Published, and so it stays as it is").waitFor();
  await page.getByRole("button", { name: "Publish" }).waitFor({ state: "detached" });
  expect(await standard(id)).toBe("2");
  await more(page, "2", "Take it back");
  await page.getByRole("dialog").getByText("It cannot be taken back while subscriptions use it: Ledger").waitFor();
  expect(await page.getByRole("button", { name: "Take it back" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: "Make a draft of it" }).click();
  await page.getByRole("button", { name: "Start the draft" }).click();
  await page.getByRole("heading", { name: "Version 3" }).waitFor();
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("dialog").getByRole("radio", { name: "Version 2, as now" }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByText("Published, and so it stays as it is").waitFor();
  expect(await standard(id)).toBe("2");

  await more(page, "3", "Delete");
  await page.getByLabel("Type 3 to go on").fill("3");
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("2 versions").waitFor();
  expect(visit.faults).toEqual([]);
});

test("a definition with a fault is not saved until it is mended, and what somebody else saved meanwhile is shown", async () => {
  const id = await connection("Pilots");
  const visit = await stage.visit(`/connections/${id}/definitions/1/Ship`);
  const { page } = visit;
  await page.getByRole("link", { name: "Edit" }).click();
  await write(page, '{"type":"object","properties":{"length":{"type":"nmber"}}}');
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("/properties/length/type").waitFor();

  await write(page, '{"type":"object","properties":{"length":{"type":"number"},"berth":{"$ref":"#/$defs/Berth"}}}');
  await page.getByRole("region", { name: "Schema as it is typed" }).getByText("length").waitFor();
  await page.getByRole("link", { name: "Overview" }).click();
  await page.getByRole("button", { name: "Stay here" }).click();
  const { body: ship } = await stage.client.must(stage.key, "GetDefinition", {
    params: { connection_id: id, version: "1", definition_name: "Ship" },
  });
  await stage.client.must(stage.key, "UpdateDefinition", {
    params: { connection_id: id, version: "1", definition_name: "Ship" },
    body: { ...ship, description: "Anything that floats." },
  });
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Somebody else changed this meanwhile").waitFor();
  await page.getByRole("cell", { name: '"Anything that floats."' }).waitFor();
  await page.getByRole("button", { name: "Save mine over it" }).click();
  await page.getByRole("heading", { name: "Referred to by" }).waitFor();
  expect(new URL(page.url()).pathname).toMatch(/\/definitions\/1\/Ship$/);
  await page.getByRole("link", { name: "Berth", exact: true }).waitFor();
  expect(visit.faults).toEqual([]);
});

test("a schema that goes round is opened as far as somebody wants, and deleting one in use names what uses it and leaves a fault there", async () => {
  const id = await connection("Tugs");
  const visit = await stage.visit(`/connections/${id}/definitions?name=ber`);
  const { page } = visit;
  await page.getByRole("link", { name: "Berth" }).click();
  const tree = page.getByRole("region", { name: "Schema of Berth" });
  for (let depth = 0; depth < 4; depth += 1) await tree.getByRole("button", { name: "next" }).nth(depth).click();
  expect(await tree.getByText("depth").count()).toBe(5);

  await page.getByRole("button", { name: "Delete" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("link", { name: "getBerth" }).waitFor();
  await dialog.getByLabel("Type Berth to go on").fill("Berth");
  await dialog.getByRole("button", { name: "Delete it all the same" }).click();
  await page.getByText("1 definition", { exact: true }).waitFor();

  await page.getByRole("link", { name: "Versions" }).click();
  await page.getByRole("link", { name: "1", exact: true }).click();
  await page.getByText("One thing has to be mended first.").waitFor();
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByRole("dialog").getByText("It was not published. This stands in the way:").waitFor();
  await page.getByRole("dialog").getByRole("link", { name: "getBerth" }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("link", { name: "Definitions" }).first().click();
  await page.getByRole("link", { name: "New definition" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Berth");
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByRole("heading", { name: "Berth", exact: true }).waitFor();
  await page.getByRole("link", { name: "getBerth" }).waitFor();
  expect(visit.faults).toEqual([]);
});

/** A connection whose draft `1` has an action `getBerth`, which answers a `Berth` that may point to the next one, and a `Ship`. */
async function connection(name: string): Promise<string> {
  const { body } = await stage.client.must(stage.key, "CreateHTTPConnection", {
    body: {
      name,
      baseUrl: "https://harbour.example",
      environments: [{ name: "prod", variables: [], credentials: {} }],
      authSchemeConfigs: [],
    },
  });
  const params = { connection_id: body.id, version: "1" };
  const berth = { type: "object", properties: { depth: { type: "number" }, next: { $ref: "#/$defs/Berth" } } };
  const json = (schema: object) => ({ contentType: "application/schema+json", content: JSON.stringify(schema) });
  await stage.client.must(stage.key, "CreateDefinitions", {
    params,
    body: {
      definitions: [
        { name: "Berth", accept: ["application/json"], schema: json(berth) },
        { name: "Ship", accept: ["application/json"], schema: json({ type: "object" }) },
      ],
    },
  });
  await stage.client.must(stage.key, "CreateAction", {
    params,
    body: {
      type: "http",
      name: "getBerth",
      method: "GET",
      path: "/berths/{{ param.id }}",
      parameters: [{ name: "id", in: "path", required: true, type: "string" }],
      responses: [{ status: 200, definitions: [{ definition: { name: "Berth" } }] }],
    },
  });
  return body.id;
}

/** A change that refuses calls which were right before. */
async function requireParameter(id: string, version: string): Promise<void> {
  const params = { connection_id: id, version, action_name: "getBerth" };
  const { body: action } = await stage.client.must(stage.key, "GetAction", { params });
  if (action.type !== "http") throw new Error("The action is no HTTP action.");
  const parameters = [...action.parameters, { name: "tide", in: "query", required: true, type: "string" } as const];
  await stage.client.must(stage.key, "UpdateAction", { params, body: { ...action, parameters } });
}

async function standard(id: string): Promise<string> {
  return (await stage.client.must(stage.key, "GetConnectionVersion", { params: { connection_id: id, version: "default" } })).body.name;
}

async function more(page: Page, version: string, item: string): Promise<void> {
  await page.getByRole("button", { name: `More about version ${version}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** Replaces what is in the editor. */
async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Schema", exact: true }).click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.insertText(text);
}
