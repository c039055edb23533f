import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { addBusyDay } from "./test/harness/busy-day.ts";
import { load } from "./test/harness/cargo.ts";
import { samplePages } from "./test/harness/pages.ts";
import { startStage } from "./test/harness/stage.ts";

const images = join(import.meta.dirname, "../docs/images");

/** Takes a picture of every page of the console, as it is built, into docs/images: in light and wide, and Home in dark and narrow besides. */
async function takeAll(): Promise<void> {
  await mkdir(images, { recursive: true });
  const stage = await startStage();
  const cargo = await load(stage);
  try {
    addBusyDay(stage, new Date());
    for (const { name, path } of samplePages(cargo)) await take(name, path, {});
    await take("home-dark", "", { colorScheme: "dark" });
    await take("home-narrow", "", { viewport: { width: 390, height: 844 } });
    await take("try-action-dark", `/connections/${cargo.orders}/actions/1/placeOrder?try=true`, { colorScheme: "dark" });
    const outside = await stage.open();
    await outside.page.goto(new URL("/console/sign-in", stage.mooring.url).href);
    await outside.page.locator("h1").waitFor();
    await outside.page.screenshot({ path: join(images, "sign-in.png") });
  } finally {
    await cargo.outside.close();
    await stage.close();
  }

  async function take(name: string, path: string, options: Parameters<typeof stage.visit>[1]): Promise<void> {
    const { page, context } = await stage.visit(path, options);
    await page.screenshot({ path: join(images, `${name}.png`), animations: "disabled" });
    await context.close();
  }
}

await takeAll();
