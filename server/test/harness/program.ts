import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** Where the program is, with everything around it. */
export const root = join(import.meta.dirname, "../../..");

// The command of `npm start`, without npm around it, so that the process that is killed is Mooring's own.
const [program, ...startArguments] = (
  JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: { start: string } }
).scripts.start.split(" ");
if (program !== "node") throw new Error("npm start should run node and nothing around it.");

/** How Node is told to run it: compiled code that is kept is good for these flags alone. */
export const startFlags = startArguments.slice(0, -1);
/** The file that runs. */
export const startFile = startArguments.at(-1) ?? "";

/**
 * Has Node keep the program compiled, where it never did: a program that is killed keeps nothing, so that in a new folder each of the
 * hundred starts of a test would compile it again.
 */
export async function compileOnce(): Promise<void> {
  const kept = await readdir(join(root, "node_modules/.cache/mooring")).catch(() => []);
  // Node names its folder by its version first.
  if (kept.some((name) => name.startsWith(process.version))) return;
  const loading = spawn(process.execPath, [...startFlags, "server/src/main.ts"], { cwd: root, stdio: "ignore" });
  await once(loading, "close");
}
