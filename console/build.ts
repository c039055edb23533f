import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const home = import.meta.dirname;
const dist = join(home, "dist");
const cache = join(home, ".cache");
const isOnTheWay = process.argv.includes("--if-stale");

/**
 * Builds the console into `console/dist`, with each file compressed beside it. With `--if-stale`, only when what is there was not made of
 * the sources that are there, and what keeps it from being built keeps nobody from starting Mooring with what is there.
 */
async function run(): Promise<void> {
  const sources = sourcesHash();
  if (isOnTheWay && sourcesOfBuilt() === sources) return;
  // Whoever builds on the way to something else, as tests do, must not get the libraries' slow and talkative form for developers.
  process.env.NODE_ENV = "production";
  const vite = await import("vite").catch(() => undefined);
  if (!vite) return console.log("The console cannot be built here: install with `npm ci`, development dependencies included.");
  console.log("Building the console, which takes some seconds ...");
  // Beside what is served, and put in its place when it is whole: a build may be ended in its midst, and two may run at once.
  sweep();
  const building = join(cache, `dist-${process.pid}`);
  await vite.build({
    configFile: join(home, "vite.config.ts"),
    logLevel: isOnTheWay ? "warn" : "info",
    build: { outDir: building },
  });
  for (const name of globSync("**/*.{js,css,svg}", { cwd: building })) compress(join(building, name));
  writeFileSync(join(building, stamp), sources);
  put(building);
}

const stamp = "built-from.txt";

function sourcesOfBuilt(): string | undefined {
  return existsSync(join(dist, stamp)) ? readFileSync(join(dist, stamp), "utf8") : undefined;
}

function put(building: string): void {
  const old = `${building}-old`;
  for (let triesLeft = 5; ; triesLeft -= 1) {
    try {
      if (existsSync(dist)) renameSync(dist, old);
      renameSync(building, dist);
      break;
    } catch (error) {
      if (triesLeft === 0) throw error;
      // Another build was put there between the two.
      rmSync(old, { recursive: true, force: true });
    }
  }
  rmSync(old, { recursive: true, force: true });
}

/** Removes what builds left behind that were ended. */
function sweep(): void {
  for (const name of globSync("dist-*", { cwd: cache })) {
    const [, id] = /^dist-(\d+)/.exec(name) ?? [];
    if (id !== undefined && !isRunning(Number(id))) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
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

try {
  await run();
} catch (error) {
  if (!isOnTheWay) throw error;
  const why = error instanceof Error ? error.message : String(error);
  console.log(`The console could not be built, so it stays as it is: ${why}`);
}
