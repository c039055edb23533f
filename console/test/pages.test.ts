import { expect, test } from "vitest";
import { axeFaults } from "./harness/axe.ts";
import { loadedStage } from "./harness/loaded.ts";
import { samplePages } from "./harness/pages.ts";

const at = loadedStage();

test("every page has a title of its own, fits, breaks no rule of WCAG in light and dark at both widths, and asks nobody but Mooring", async () => {
  const visit = await at.stage.visit("");
  const { page } = visit;
  const faults: string[] = [];
  const titles = new Map<string, string>();
  for (const { name, path } of samplePages(at.cargo)) {
    await page.setViewportSize(wide);
    await page.emulateMedia({ colorScheme: "light" });
    await visit.goto(path);
    const title = await page.title();
    if (titles.has(title) || !title.endsWith(" · Mooring"))
      faults.push(`${name}: the title "${title}" is that of ${titles.get(title) ?? "nothing"}`);
    titles.set(title, name);
    for (const viewport of [wide, narrow]) {
      await page.setViewportSize(viewport);
      if (!(await fits())) faults.push(`${name}: wider than ${viewport.width}`);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        await visit.settled();
        faults.push(...(await axeFaults(page)).map((fault) => `${name}, ${colorScheme}, ${viewport.width}: ${fault}`));
      }
    }
    faults.push(...visit.faults.splice(0).map((fault) => `${name}: ${fault}`));
  }
  expect(faults).toEqual([]);
  expect(titles.size).toBe(samplePages(at.cargo).length);

  // The navigation moves out of sight within a moment.
  async function fits(): Promise<boolean> {
    const fitting = page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth, undefined, { timeout: 2_000 });
    return fitting.then(
      () => true,
      () => false,
    );
  }
}, 300_000);

const wide = { width: 1280, height: 860 };
const narrow = { width: 390, height: 844 };
