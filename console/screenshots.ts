import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { addBusyDay } from "./test/harness/busy-day.ts";
import { load } from "./test/harness/cargo.ts";
import { samplePages } from "./test/harness/pages.ts";
import { startStage } from "./test/harness/stage.ts";

const images = join(import.meta.dirname, "../docs/images");

/** Takes a picture of every page of the console, as it is built, into docs/images: in light and wide, with some in dark or narrow besides. */
async function takeAll(): Promise<void> {
  await mkdir(images, { recursive: true });
  const stage = await startStage();
  const cargo = await load(stage);
  try {
    addBusyDay(stage, new Date());
    for (const { name, path } of samplePages(cargo)) await take(name, path, {});
    await take("home-dark", "", { colorScheme: "dark" });
    await take("home-narrow", "", { viewport: { width: 390, height: 844 } });
    await takeTried("try-action", {});
    await takeTried("try-action-dark", { colorScheme: "dark" });
    const outside = await stage.open();
    await outside.page.goto(new URL("/console/sign-in", stage.mooring.url).href);
    await outside.page.locator("h1").waitFor();
    await outside.page.screenshot({ path: join(images, "sign-in.png") });
  } finally {
    await cargo.outside.close();
    await stage.close();
  }

  /** An action that was tried: its form, the answer, and what left. */
  async function takeTried(name: string, options: Parameters<typeof stage.visit>[1]): Promise<void> {
    const { page, context, settled } = await stage.visit(`/connections/${cargo.orders}/actions/1/getOrder?try=true`, options);
    await page.getByRole("textbox", { name: /^id/ }).fill("1001");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("200 OK").waitFor();
    await page.getByText("Sets the header").first().waitFor();
    // The explanation follows a moment after the last key.
    await page.waitForTimeout(1_000);
    await settled();
    await page.screenshot({ path: join(images, `${name}.png`), animations: "disabled" });
    await context.close();
  }

  async function take(name: string, path: string, options: Parameters<typeof stage.visit>[1]): Promise<void> {
    const { page, context } = await stage.visit(path, options);
    await page.screenshot({ path: join(images, `${name}.png`), animations: "disabled" });
    await context.close();
  }
}

await takeAll();
