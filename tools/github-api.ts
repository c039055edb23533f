import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * The path of GitHub's own description of its API, the largest there is to try an import with: about 13 MB, a thousand operations. It is
 * out of a package of 400 MB, so npm packs that once into the cache and one file of it is kept. Throws where npm or the registry is not
 * to be had.
 */
export async function githubApi(): Promise<string> {
  const kept = join(cache, `api.github.com-${version}.json`);
  if (existsSync(kept)) return kept;
  await mkdir(cache, { recursive: true });
  // A folder of its own, so that two at once do not meet, and what is kept is always whole.
  const folder = await mkdtemp(join(cache, "pack-"));
  try {
    await run("npm", ["pack", `@octokit/openapi@${version}`, "--silent", "--pack-destination", folder]);
    const [archive = ""] = await readdir(folder);
    const file = "package/generated/api.github.com.json";
    await run("tar", ["-xzf", join(folder, archive), "-C", folder, file]);
    await rename(join(folder, file), kept);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return kept;
}

const version = "23.0.2";
const cache = join(import.meta.dirname, "../node_modules/.cache/mooring");
const run = promisify(execFile);
