import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DatabaseInUse, holdFolder } from "../../src/store/data-folder.ts";
import { openSqlite } from "../../src/store/sqlite.ts";

let dataDir: string;
let started: ChildProcess[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "mooring-lock-"));
  started = [];
});
afterEach(async () => {
  for (const child of started) child.kill("SIGKILL");
  await rm(dataDir, { recursive: true });
});

/** A process that has the folder in this way, until it is killed. */
async function startHolder(holds: "one" | "several" | "forWorkers"): Promise<{ kill(): Promise<unknown> }> {
  const module = (name: string) => JSON.stringify(join(import.meta.dirname, "../../src/store", name));
  const script = `
    const { holdFolder } = await import(${module("data-folder.ts")});
    const { openSqlite } = await import(${module("sqlite.ts")});
    const [dataDir, holds] = process.argv.slice(1);
    if (holds === "forWorkers") globalThis.hold = holdFolder(dataDir, holds);
    else globalThis.db = openSqlite({ dataDir, processes: holds });
    process.stdout.write("open");
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script, dataDir, holds]);
  started.push(child);
  await once(child.stdout, "data");
  return {
    kill() {
      child.kill("SIGKILL");
      return once(child, "exit");
    },
  };
}

const comers = {
  one: () => openSqlite({ dataDir }),
  forWorkers: () => holdFolder(dataDir, "forWorkers"),
  several: () => openSqlite({ dataDir, processes: "several" }),
} as const;

test.each([
  ["one", "one"],
  ["one", "forWorkers"],
  ["one", "several"],
  ["forWorkers", "one"],
  ["forWorkers", "forWorkers"],
  // One whose starter is gone: it would change what another keeps in memory.
  ["several", "one"],
  ["several", "forWorkers"],
] as const)(
  "a folder that a process has for %s is refused to a second that wants it for %s, until the first is gone however it went",
  async (first, second) => {
    const holder = await startHolder(first);
    expect(comers[second]).toThrow(DatabaseInUse);
    expect(comers[second]).toThrow(/Another Mooring is running on the data folder/);
    await holder.kill();
    const taken = comers[second]();
    await ("release" in taken ? taken.release() : taken.close());
  },
);

test("what is held for workers can be opened by any number of them, and by no other while one of them lives", async () => {
  const holder = await startHolder("forWorkers");
  const [worker] = [await startHolder("several"), await startHolder("several")];
  const db = openSqlite({ dataDir, processes: "several" });
  await db.ping();
  await db.close();
  await holder.kill();
  await worker.kill();
  expect(comers.one).toThrow(DatabaseInUse);
});
