import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { Actor } from "../../../server/test/harness/actors.ts";
import { launchBrowser } from "../../../server/test/harness/browser.ts";
import type { Client } from "../../../server/test/harness/client.ts";
import { clientOf, homeOn, type MooringProcess, startProcess } from "../../../server/test/harness/process.ts";
import { scratchFolder } from "../../../server/test/harness/scratch.ts";

/** A Mooring as its users run it, with its console built, and a browser to look at it. */
export interface Stage {
  readonly mooring: MooringProcess;
  readonly dataDir: string;
  readonly org: string;
  /** The first key, which may do everything, and a client that holds each answer against the contract. */
  readonly key: Actor;
  readonly client: Client;
  readonly browser: Browser;
  /** The one-time link of the first owner; each is good once. */
  link(): string;
  /** A browser of its own in which nobody is signed in. */
  open(options?: BrowserContextOptions): Promise<Visit>;
  /** The same with the first owner signed in, on a page of their organisation: `visit("/connections")`. */
  visit(path: string, options?: BrowserContextOptions): Promise<Visit>;
  close(): Promise<void>;
}

/** A browser with one page, and everything in it that should not be. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors on the console of the browser, and requests to anywhere but Mooring. */
  readonly faults: string[];
  /** Opens a page of the organisation and waits until it has settled. */
  goto(path: string): Promise<void>;
  /** Waits until no request is under way and what came of them is painted. */
  settled(): Promise<void>;
}

const looksMax = 600;

/** Starts it all on the embedded engine; whoever calls closes it. */
export async function startStage(settings: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const dataDir = await mkdtemp(join(scratchFolder(), "mooring-console-"));
  const home = homeOn({ url: undefined, dataDir }, { MOORING_EGRESS_ALLOW: "127.0.0.0/8", ...settings });
  const mooring = await startProcess(home.settings);
  const browser = await launchBrowser();
  const org = home.organisation;
  let state: Awaited<ReturnType<BrowserContext["storageState"]>> | undefined;

  return {
    mooring,
    dataDir,
    org,
    key: { name: "the first key", org, headers: { authorization: `Bearer ${home.apiKey}` } },
    client: clientOf(mooring),
    browser,
    link,
    open,
    async visit(path, options) {
      state ??= await signInOnce();
      const visit = await open({ ...options, storageState: state });
      await visit.goto(path);
      return visit;
    },
    async close() {
      await browser.close();
      await mooring.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };

  function link(): string {
    const found = /\S+\/console\/sign-in#token=\S+/.exec(mooring.written.join(""));
    if (!found) throw new Error(`No one-time link was printed:\n${mooring.written.join("")}`);
    return found[0];
  }

  async function signInOnce() {
    const context = await browser.newContext();
    const token = new URLSearchParams(new URL(link()).hash.slice(1)).get("token");
    const answer = await context.request.post(new URL("/auth/sign-in/link", mooring.url).href, {
      data: { token },
      headers: { "mooring-csrf": "1", origin: mooring.url.origin },
    });
    if (!answer.ok()) throw new Error(`The one-time link was refused: ${await answer.text()}`);
    const signedIn = await context.storageState();
    await context.close();
    return signedIn;
  }

  async function open(options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const page = await context.newPage();
    const faults: string[] = [];
    // What Mooring refuses is said on the page; the browser says it again on its console, by itself.
    const isAnswer = (text: string) => text.startsWith("Failed to load resource: the server responded with a status of 4");
    page.on("console", (message) => message.type() === "error" && !isAnswer(message.text()) && faults.push(message.text()));
    page.on("pageerror", (error) => faults.push(error.message));
    context.on("request", (request) => new URL(request.url()).origin !== mooring.url.origin && faults.push(request.url()));
    let underWay = 0;
    page.on("request", () => {
      underWay += 1;
    });
    for (const end of ["requestfinished", "requestfailed"] as const)
      page.on(end as "requestfinished", () => {
        underWay -= 1;
      });
    const settled = async () => {
      for (let quiet = 0, looks = 0; quiet < 3 && looks < looksMax; looks += 1) {
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        quiet = underWay <= 0 ? quiet + 1 : 0;
      }
    };
    const goto = async (path: string) => {
      await page.goto(new URL(`/console/o/${org}${path}`, mooring.url).href);
      await page.locator("h1").first().waitFor();
      await settled();
    };
    return { page, context, faults, goto, settled };
  }
}
