import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const home = import.meta.dirname;
const dist = join(home, "dist");
const stamp = join(dist, "built-from.txt");

/**
 * Builds the console into `console/dist`, with each file compressed beside it. With `--if-stale`, only when what is there was not made of
 * the sources that are there; where the tools that build are not installed, what is there stays.
 */
async function run(): Promise<void> {
  const sources = sourcesHash();
  const isStale = !existsSync(stamp) || readFileSync(stamp, "utf8") !== sources;
  if (process.argv.includes("--if-stale") && !isStale) return;
  // Whoever builds on the way to something else, as tests do, must not get the libraries' slow and talkative form for developers.
  process.env.NODE_ENV = "production";
  const vite = await import("vite").catch(() => undefined);
  if (!vite) return console.log("The console cannot be built here: install with `npm ci`, development dependencies included.");
  console.log("Building the console, which takes some seconds ...");
  await vite.build({ configFile: join(home, "vite.config.ts"), logLevel: process.argv.includes("--if-stale") ? "warn" : "info" });
  for (const name of globSync("**/*.{js,css,svg}", { cwd: dist })) compress(join(dist, name));
  writeFileSync(stamp, sources);
}

function compress(file: string): void {
  const bytes = readFileSync(file);
  // Browsers take brotli only where the page came by https or from this machine, so gzip stands beside it.
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }));
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
}

/** Of everything a build depends on. The lock file stands for the libraries. */
function sourcesHash(): string {
  const files = ["console/{src,public}/**/*.*", "console/*.{ts,html,json}", "contract/src/**/*.ts", "package-lock.json"];
  const root = join(home, "..");
  const hash = createHash("sha256");
  for (const name of globSync(files, { cwd: root }).toSorted()) hash.update(`${name}\n`).update(readFileSync(join(root, name)));
  return hash.digest("hex");
}

await run();
