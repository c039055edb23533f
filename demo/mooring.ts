import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Starts Mooring as `npm start` does, on any free port, with an empty data folder of its own. `mayReach` is a private address that its
 * operator allows it to call. Throws with what it wrote when it does not start.
 */
export async function startMooring({ mayReach }: { mayReach: string }) {
  const folder = await mkdtemp(join(tmpdir(), "mooring-demo-"));
  const organisation = "01JDEM00000000000000000000";
  const apiKey = `demo-${randomBytes(24).toString("hex")}`;
  const child = spawn(process.execPath, startArguments, {
    cwd: root,
    env: {
      ...withoutSettings(process.env),
      MOORING_PORT: "0",
      MOORING_DATA_DIR: folder,
      MOORING_EGRESS_ALLOW: mayReach,
      MOORING_BOOTSTRAP_ORGANISATION: organisation,
      MOORING_BOOTSTRAP_API_KEY: apiKey,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  // Also when the demo is interrupted: nothing stays behind.
  process.once("SIGINT", () => process.exit(130));
  process.once("exit", () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const url = await firstMatch([child.stdout, child.stderr], /Mooring is up on (\S+)/, ended);
  return { url: new URL(url), organisation, apiKey, folder, stop };

  async function stop(): Promise<void> {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true });
  }
}

const root = join(import.meta.dirname, "..");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: { start: string } };
// The command of `npm start`, whose first word is node.
const startArguments = scripts.start.split(" ").slice(1);

/** The settings of whoever runs the demo are for another Mooring. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("MOORING_")));
}

function firstMatch(streams: NodeJS.ReadableStream[], pattern: RegExp, ended: Promise<unknown>): Promise<string> {
  return new Promise((resolve, reject) => {
    let written = "";
    for (const stream of streams) {
      stream.on("data", (chunk: Buffer) => {
        written += chunk;
        const [, found] = pattern.exec(written) ?? [];
        if (found !== undefined) resolve(found);
      });
    }
    void ended.then(() => reject(new Error(`Mooring did not start. It wrote:\n${written}`)));
  });
}
