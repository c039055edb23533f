import type { Browser, BrowserContext, Page, Response } from "playwright-core";
import { launchBrowser } from "../../server/test/harness/browser.ts";
import { type MooringProcess, startProcess } from "../../server/test/harness/process.ts";
import { median, type Row } from "../figures.ts";
import { newPlace, organisation, type Place, removePlaces } from "../place.ts";
import { seedConnections } from "../seed.ts";
import { blockingTime, timeLetters, watchLongTasks } from "./in-page.ts";

/**
 * How quick the console is in Chromium: what its first page weighs, from the one-time link to a usable Home, how long Home keeps the
 * browser busy, and how soon a search among 10,000 connections shows its rows. Each start of the program prints a link of its own.
 */
export async function benchConsole(postgres: string): Promise<Row[]> {
  const place = await newPlace("sqlite", postgres);
  await seedConnections(place, { connections: many, environments: 3 });
  const browser = await launchBrowser();
  try {
    const visits: FirstVisit[] = [];
    // One more than count: the first start compiles the program and warms the browser's process.
    for (let round = 0; round <= rounds; round++) visits.push(await withMooring(place, (mooring) => firstVisit(browser, mooring)));
    const letters = await withMooring(place, (mooring) => search(browser, mooring));
    return rowsOf(visits.slice(1), letters);
  } finally {
    await browser.close();
    await removePlaces(place);
  }
}

const many = 10_000;
const rounds = 7;
// No row of the list before has the next letter where it must be, so that what is measured is never an old row.
const typed = "7654";

interface FirstVisit {
  readonly seconds: number;
  readonly scriptBytes: number;
  readonly scripts: number;
  /** Of Home, opened anew by somebody who is signed in, as fast as this machine is and four times slower. */
  readonly blockingMs: number;
  readonly slowBlockingMs: number;
}

async function firstVisit(browser: Browser, mooring: MooringProcess): Promise<FirstVisit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  const page = await context.newPage();
  const scripts: Response[] = [];
  page.on("response", (response) => void (response.request().resourceType() === "script" && scripts.push(response)));
  const started = performance.now();
  await page.goto(linkOf(mooring));
  await page.getByRole("button", { name: "Sign in" }).click();
  await isUsable(page);
  const seconds = (performance.now() - started) / 1000;
  await page.waitForLoadState("networkidle");
  const sizes = await Promise.all(scripts.map(async (response) => (await response.request().sizes()).responseBodySize));
  const home = page.url();
  const blockingMs = await homeBlocking(context, home, 1);
  const slowBlockingMs = await homeBlocking(context, home, 4);
  await context.close();
  // The link's page and Home are two documents: what both load is one file in the cache of the browser.
  const bySource = new Map(scripts.map((response, index) => [response.url(), sizes[index] ?? 0]));
  return {
    seconds,
    scriptBytes: [...bySource.values()].reduce((sum, size) => sum + size, 0),
    scripts: bySource.size,
    blockingMs,
    slowBlockingMs,
  };
}

/** Home can be used once its figures stand there. */
async function isUsable(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1, name: "Home" }).waitFor();
  await page.getByRole("img", { name: "Calls per minute" }).waitFor();
}

async function homeBlocking(context: BrowserContext, home: string, slowdown: number): Promise<number> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  await page.addInitScript(watchLongTasks);
  await page.goto(home);
  await isUsable(page);
  await page.waitForLoadState("networkidle");
  const blocked = await page.evaluate(blockingTime);
  await page.close();
  return blocked;
}

/** From each key to the rows that fit all that was typed. */
async function search(browser: Browser, mooring: MooringProcess): Promise<number[]> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  const page = await context.newPage();
  await page.goto(linkOf(mooring));
  await page.getByRole("button", { name: "Sign in" }).click();
  await isUsable(page);
  await page.goto(new URL(`/console/o/${organisation}/connections`, mooring.url).href);
  await page.getByRole("row").nth(5).waitFor();
  const field = page.getByRole("searchbox");
  const times: number[] = [];
  for (let round = 0; round <= searchRounds; round++) {
    await field.fill("");
    await page.getByText(`${many.toLocaleString("en")} connections`).waitFor();
    await page.waitForLoadState("networkidle");
    await page.evaluate(timeLetters);
    await field.focus();
    for (const letter of typed) {
      await page.keyboard.type(letter);
      await page.waitForFunction(() => (globalThis as unknown as { shownMs?: number }).shownMs !== undefined);
      const took = await page.evaluate(() => {
        const own = globalThis as unknown as { shownMs?: number };
        const ms = own.shownMs ?? Number.NaN;
        own.shownMs = undefined as never;
        return ms;
      });
      if (round > 0) times.push(took);
    }
  }
  await context.close();
  return times;
}

const searchRounds = 5;

async function withMooring<Result>(place: Place, work: (mooring: MooringProcess) => Promise<Result>): Promise<Result> {
  const mooring = await startProcess(place.settings);
  try {
    return await work(mooring);
  } finally {
    await mooring.stop();
  }
}

function linkOf({ written }: MooringProcess): string {
  const link = /\S+\/console\/sign-in#token=\S+/.exec(written.join(""))?.[0];
  if (!link) throw new Error(`No one-time link was printed:\n${written.join("")}`);
  return link;
}

function rowsOf(visits: readonly FirstVisit[], letters: readonly number[]): Row[] {
  const of = (pick: (visit: FirstVisit) => number) => visits.map(pick);
  const list = (values: readonly number[], digits = 2) => values.map((value) => value.toFixed(digits)).join(", ");
  const kilobytes = of(({ scriptBytes }) => scriptBytes / 1000);
  const seconds = of((visit) => visit.seconds);
  const blocked = of(({ blockingMs }) => blockingMs);
  const sorted = letters.toSorted((a, b) => a - b);
  return [
    {
      what: "JavaScript for the first page, compressed",
      bar: { kind: "at most", limit: 250, unit: "KB" },
      value: median(kilobytes),
      behind: `${visits[0]?.scripts} files as they were sent, of the link's page and Home together: ${list(kilobytes, 1)} KB`,
    },
    {
      what: "Sign-in link to a usable Home, cold",
      bar: { kind: "at most", limit: 1, unit: "s" },
      value: median(seconds),
      behind: `a browser that knows nothing, the click on "Sign in" included, among ${many.toLocaleString("en")} connections; seconds: ${list(seconds)}`,
    },
    {
      what: "Search among 10,000 connections, from key to rows",
      bar: { kind: "at most", limit: 150, unit: "ms" },
      value: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
      behind: `"${typed}" typed ${searchRounds} times, letter by letter: median ${median(letters).toFixed(0)}, 95 of 100 within the value, at most ${sorted.at(-1)?.toFixed(0)} ms`,
    },
    {
      what: "Total blocking time of Home",
      bar: { kind: "at most", limit: 150, unit: "ms" },
      value: median(blocked),
      behind: `sum of what long tasks take beyond 50 ms, nothing cached: ${list(blocked, 0)} ms; on a processor four times slower ${list(
        of(({ slowBlockingMs }) => slowBlockingMs),
        0,
      )} ms`,
    },
  ];
}
