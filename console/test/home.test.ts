import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Cargo, load } from "./harness/cargo.ts";
import { type Stage, startStage } from "./harness/stage.ts";

let stage: Stage;
let cargo: Cargo | undefined;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(async () => {
  await cargo?.outside.close();
  await stage?.close();
});

test("where nothing is connected yet, Home says how to begin; then it shows what is called, what fails and what changed", async () => {
  const visit = await stage.visit("");
  const { page } = visit;
  await page.getByRole("heading", { name: "Welcome, Owner" }).waitFor();
  for (const name of ["From a preset", "From an OpenAPI file", "From nothing", "Invite somebody", "Set them"])
    expect(await page.getByRole("link", { name }).getAttribute("href")).toContain(`/console/o/${stage.org}/`);

  cargo = await load(stage);
  const calls = await counted(31);
  await page.clock.install();
  await visit.goto("");
  await page.getByRole("img", { name: `Calls per minute over the last hour: ${calls} calls in all` }).waitFor();
  await page.getByRole("img", { name: "Error rate over the last hour: 5 of 31 calls failed" }).waitFor();
  await page.getByRole("img", { name: "95 of 100 calls took at most" }).waitFor();
  // Each moment can be read with the arrow keys, in all charts at once.
  const slider = page.getByRole("slider", { name: "Calls per minute, step by step" });
  await slider.focus();
  await page.keyboard.press("Home");
  expect(await slider.getAttribute("aria-valuetext")).toMatch(/^\d\d:\d\d: 0$/);
  expect(await page.getByText(/^at \d\d:\d\d$/).count()).toBe(3);

  const needy = page.getByRole("region", { name: "Needs a look" });
  await needy.getByRole("link", { name: "Weather" }).waitFor();
  await needy.getByText("3 of 3 calls failed in the last hour").waitFor();
  await needy.getByRole("link", { name: "Accounting of the head office" }).waitFor();
  const changed = page.getByRole("region", { name: "What changed lately" });
  await changed.getByText("First key created the connection Warehouse").waitFor();

  // It asks again by itself.
  await stage.client.raw(`/o/${stage.org}/connections/${cargo.weather}/environments/dev/proxy/today`, { headers: stage.key.headers });
  await counted(32);
  await page.clock.fastForward(16_000);
  await page.getByRole("img", { name: "Calls per minute over the last hour: 32 calls in all" }).waitFor();

  await page.getByText("24 hours").click();
  await page.getByText("32 calls in the last 24 hours").waitFor();
  expect(new URL(page.url()).search).toBe("?span=day");
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

test("the palette finds a connection, an action and a page by keyboard alone, and remembers them", async () => {
  const visit = await stage.visit("/members");
  const { page } = visit;
  const field = page.getByRole("combobox", { name: "Search connections, actions and pages" });
  const open = async (text: string, option: string) => {
    await page.keyboard.press("Control+k");
    await field.waitFor();
    await page.keyboard.type(text);
    await page.getByRole("option", { name: option }).waitFor();
  };
  await open("harbour", "Harbour master");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Harbour master" }).waitFor();

  await open("placeord", "placeOrder");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/connections/${cargo?.orders}/actions/1/placeOrder`);

  await open("new api", "New API key");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });

  await open("", "placeOrder");
  await page.keyboard.press("ArrowDown");
  expect(await page.getByRole("option", { selected: true }).textContent()).toContain("Harbour master");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Harbour master" }).waitFor();
  expect(visit.faults).toEqual([]);
  await visit.context.close();
});

/** Waits until so many calls are counted, which is a moment after they ended. */
async function counted(calls: number): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const to = new Date(Date.now() + 60_000);
    const query = { from: new Date(to.getTime() - 3_600_000).toISOString(), to: to.toISOString(), stepSeconds: 60 };
    const { body } = await stage.client.must(stage.key, "GetCallStatistics", { query });
    if (body.totals.calls === calls) return calls;
    await pause(50);
  }
  throw new Error(`${calls} calls were never counted.`);
}
