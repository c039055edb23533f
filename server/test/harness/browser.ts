import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";

/**
 * Starts the Chromium that `npm ci` brought, headless; the caller closes it. Also works as root and on a machine without the
 * libraries a browser wants, since the package brings them. Takes two seconds more the first time, to unpack it.
 *
 * The flags that the package recommends are left out on purpose: they switch off web security and site isolation, and what a
 * browser test shows about cookies and origins would then be worth nothing.
 */
export async function launchBrowser(): Promise<Browser> {
  const home = await unpacked();
  return chromium.launch({
    executablePath: join(home, "chromium"),
    chromiumSandbox: false,
    env: { ...process.env, LD_LIBRARY_PATH: join(home, "al2023/lib"), FONTCONFIG_FILE: await fontsOf(home) },
  });
}

// The package's own list names folders of the platform it is made for. With no font at all, drawing an input ends the browser.
async function fontsOf(home: string): Promise<string> {
  const list = join(home, "fonts.conf");
  const text = `<fontconfig><dir>${join(home, "fonts")}</dir><cachedir>${join(home, "fonts-cache")}</cachedir></fontconfig>`;
  await writeFile(list, text);
  return list;
}

// Beside the package, so that a fresh `npm ci` also unpacks afresh.
const cache = join(import.meta.dirname, "../../../node_modules/.cache/mooring");

// The package unpacks into the folder for temporary files, file by file, and takes a half-written one for a whole. So it unpacks
// in a process that has a folder of its own for temporary files, which gets its name only when it is complete.
async function unpacked(): Promise<string> {
  const home = join(cache, "chromium");
  if (existsSync(home)) return home;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(`${home}-`);
  const script = 'import chromium from "@sparticuz/chromium"; await chromium.executablePath();';
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: import.meta.dirname,
    // Only where it believes to be on that platform does the package unpack the libraries too.
    env: { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" },
  });
  try {
    await rename(draft, home);
  } catch (error) {
    await rm(draft, { recursive: true });
    // Another test process was faster.
    if (!existsSync(home)) throw error;
  }
  return home;
}
