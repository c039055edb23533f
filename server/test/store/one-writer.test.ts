import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { DatabaseInUse, openSqlite } from "../../src/store/sqlite.ts";

const holder = `
  const { openSqlite } = await import(process.argv[1]);
  openSqlite({ dataDir: process.argv[2] });
  process.stdout.write("open");
  setInterval(() => {}, 1000);
`;

test("a second process on the same embedded database is refused, until the first is gone however it went", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "mooring-lock-"));
  const module = join(import.meta.dirname, "../../src/store/sqlite.ts");
  const first = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", holder, module, dataDir]);
  try {
    await once(first.stdout, "data");
    expect(() => openSqlite({ dataDir })).toThrow(DatabaseInUse);
    expect(() => openSqlite({ dataDir })).toThrow(/Another Mooring is running on the data folder/);
  } finally {
    first.kill("SIGKILL");
    await once(first, "exit");
  }
  const db = openSqlite({ dataDir });
  await db.ping();
  await db.close();
  await rm(dataDir, { recursive: true });
});
