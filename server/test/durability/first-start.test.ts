import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import { engines, type Place } from "../harness/engines.ts";
import { freePort } from "../harness/postgres.ts";
import { clientOf, type Home, homeOn, launch, type MooringProcess, startProcess } from "../harness/process.ts";
import { trials } from "../harness/profile.ts";
import { inspect } from "./inspector.ts";
import { createRandom } from "./random.ts";

let folder: string;
let mooring: MooringProcess | undefined;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "mooring-first-")), "data");
});
afterEach(async () => {
  await mooring?.kill("SIGKILL");
  mooring = undefined;
  await rm(join(folder, ".."), { recursive: true, force: true });
});

test("the first start prints console link, organisation, key and one curl line that works as pasted", async () => {
  mooring = await startProcess({ MOORING_DATA_DIR: folder });
  const greeting = mooring.written.join("");
  const [, line = ""] = /^ {2}(curl .*)$/m.exec(greeting) ?? [];
  expect(await answerTo(line)).toMatchObject({ status: 200, body: { connections: [], totalCount: 0 } });
  expect(greeting).toMatch(new RegExp(`^ {2}Console +${mooring.url.origin}/console/\\S+#token=\\S+$`, "m"));
  expect(greeting).toMatch(/^ {2}Organisation +[0-9A-Z]{26}$/m);
  expect(greeting).toMatch(/^ {2}API key +moor_\S+$/m);
  expect((await stat(join(folder, "master.key"))).mode & 0o777).toBe(0o600);
});

test("a later start shows no key, and the first one still works", async () => {
  mooring = await startProcess({ MOORING_DATA_DIR: folder });
  const [line = ""] = /curl .*/.exec(mooring.written.join("")) ?? [];
  expect(await mooring.stop()).toBe(0);
  mooring = await startProcess({ MOORING_DATA_DIR: folder });
  expect(mooring.written.join("")).not.toMatch(/API key|curl|moor_/);
  expect(await answerTo(line.replace(/http:\/\/[^/]+/, mooring.url.origin))).toMatchObject({ status: 200 });
});

test("a second process on the same data folder is refused, and told what to do", async () => {
  mooring = await startProcess({ MOORING_DATA_DIR: folder });
  const second = launch({ MOORING_DATA_DIR: folder, MOORING_PORT: "0" });
  expect(await second.ended).toBe(1);
  expect(second.written.join("")).toBe(
    `Mooring does not start: Another Mooring is running on the data folder ${folder}. ` +
      "Stop it first, or give this one its own MOORING_DATA_DIR. Several nodes share one PostgreSQL through MOORING_DATABASE_URL.\n",
  );
});

test("a second process on the same port is refused, and told what to do", async () => {
  mooring = await startProcess({ MOORING_DATA_DIR: folder });
  const second = launch({ MOORING_DATA_DIR: join(folder, "other"), MOORING_PORT: mooring.url.port });
  expect(await second.ended).toBe(1);
  expect(second.written.join("")).toContain(`Port ${mooring.url.port} of 127.0.0.1 is taken.`);
});

test("a PostgreSQL that is not there is named, and the password is not", async () => {
  const port = await freePort();
  const starting = launch({
    MOORING_DATABASE_URL: `postgres://sam:hush-hush@127.0.0.1:${port}/mooring`,
    MOORING_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"),
    MOORING_DATA_DIR: folder,
    MOORING_PORT: "0",
  });
  expect(await starting.ended).toBe(1);
  const said = starting.written.join("");
  expect(said).toContain(`Mooring does not start: PostgreSQL at 127.0.0.1:${port} cannot be reached: connect ECONNREFUSED`);
  expect(said).not.toContain("hush-hush");
});

test("--print-config shows every setting, masks what is secret, and starts nothing", async () => {
  const secrets = { MOORING_MASTER_KEY: Buffer.alloc(32, 7).toString("base64"), MOORING_BOOTSTRAP_API_KEY: "a".repeat(40) };
  const settings = { ...secrets, MOORING_DATA_DIR: folder, MOORING_BOOTSTRAP_ORGANISATION: "01JAZZ5CB6Q8ZV0000000000FA" };
  const printing = launch({ ...settings, MOORING_DATABASE_URL: "postgres://sam:hush-hush@db.example.com/mooring" }, ["--print-config"]);
  expect(await printing.ended).toBe(0);
  const table = printing.written.join("");
  expect(table).toMatch(/^SETTING +VALUE +FROM +MEANING$/m);
  expect(table).toMatch(/^MOORING_MASTER_KEY +\*{8} +environment/m);
  expect(table).toMatch(/^MOORING_DATABASE_URL +postgres:\/\/sam:\*{8}@db\.example\.com\/mooring +environment/m);
  for (const secret of [...Object.values(secrets), "hush-hush"]) expect(table).not.toContain(secret);
  await expect(stat(folder)).rejects.toThrow("ENOENT");
});

test.each(["SIGTERM", "SIGINT"] as const)("%s ends it with exit code 0", async (signal) => {
  const { kill } = await startProcess({ MOORING_DATA_DIR: folder });
  expect(await kill(signal)).toBe(0);
});

test.each(engines)(
  "a first start that is killed at any moment is completed by the next one, on $name (B-5)",
  async ({ prepare }) => {
    const random = createRandom(5);
    for (let round = 0; round < trials({ change: 2, long: 50 }); round++) {
      const place = await prepare({ schema: "none" });
      const { settings, organisation, apiKey } = homeOn(place);
      const actor: Actor = { name: "key", org: organisation, headers: { authorization: `Bearer ${apiKey}` } };
      try {
        for (let kill = 0; kill < 2; kill++) await killWhileSettingUp(place, settings, random.below(80));
        mooring = await startProcess(settings);
        const { body } = await clientOf(mooring).must(actor, "ListApiKeys", {});
        expect(body.items.map(({ name }) => name)).toEqual(["First key"]);
        const inspector = inspect(place);
        expect(await inspector.faults()).toEqual([]);
        expect(await inspector.rows("select id from organisations")).toEqual([{ id: organisation }]);
        await inspector.close();
      } finally {
        await mooring?.kill("SIGKILL");
        await place.remove();
      }
    }
  },
  600_000,
);

/** Starts Mooring, and kills it this long after it reached its database: that is when it makes the tables and the first organisation. */
async function killWhileSettingUp(place: Place, settings: Home["settings"], afterMs: number): Promise<void> {
  const starting = launch({ ...settings, MOORING_PORT: "0" });
  let hasEnded = false;
  void starting.ended.then(() => {
    hasEnded = true;
  });
  while (!hasEnded && !(await hasReached(place))) await pause(2);
  await pause(afterMs);
  await starting.kill("SIGKILL");
}

async function hasReached(place: Place): Promise<boolean> {
  if (place.url === undefined) return existsSync(join(place.dataDir, "mooring.lock"));
  const client = new pg.Client({ connectionString: place.url });
  await client.connect();
  const { rows } = await client.query(
    "select pid from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()",
  );
  await client.end();
  return rows.length > 0;
}

/** What the command answers; where there is no curl, what the same request answers without it. */
async function answerTo(command: string): Promise<{ status: number; body: unknown }> {
  const [, header = "", url = ""] = /^curl -H "(.+)" (\S+)$/.exec(command) ?? [];
  const hasCurl = await promisify(execFile)("curl", ["--version"]).then(
    () => true,
    () => false,
  );
  if (hasCurl) {
    // Through a shell, as a person would paste it.
    const { stdout } = await promisify(execFile)("sh", ["-c", `${command} --silent --show-error --write-out '\\n%{http_code}'`]);
    const [body = "", status] = stdout.split("\n");
    return { status: Number(status), body: JSON.parse(body) };
  }
  const [name = "", value = ""] = header.split(": ");
  const response = await fetch(url, { headers: { [name]: value } });
  return { status: response.status, body: await response.json() };
}
