import { randomInt } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import type { Place } from "../harness/engines.ts";
import { startPostgres } from "../harness/postgres.ts";
import { homeOn, startProcess } from "../harness/process.ts";
import { trials } from "../harness/profile.ts";
import { inspect } from "./inspector.ts";
import { createRandom } from "./random.ts";
import { startDestination } from "./webhooks/destination.ts";
import { startTraffic, told } from "./webhooks/traffic.ts";

const kills = trials({ change: 20, long: 200 });

test("kill -9 of PostgreSQL under load: Mooring goes on by itself, and every event that was acknowledged is delivered (W-5)", {
  timeout: 120_000 + kills * 30_000,
}, async () => {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  const random = createRandom(seed);
  const postgres = await startPostgres();
  const destination = await startDestination();
  const dataDir = await mkdtemp(join(tmpdir(), "mooring-test-"));
  const place: Pick<Place, "engine" | "url" | "dataDir"> = { engine: "postgres", url: postgres.url, dataDir };
  const home = homeOn(place, { MOORING_EGRESS_ALLOW: destination.allow, MOORING_LOG_LEVEL: "silent" });
  const actor: Actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
  const mooring = await startProcess(home.settings);
  try {
    const traffic = await startTraffic(mooring, { actor, destination, folder: dataDir });
    for (let kill = 1; kill <= kills; kill++) {
      const work = traffic.work(mooring);
      await traffic.acknowledgedMore(random.below(100), work);
      await Promise.race([work, pause(random.below(50))]);
      await postgres.crash();
      await work;
      await expect.poll(() => fetch(new URL("/readyz", mooring.url)).then(({ status }) => status), { timeout: 60_000 }).toBe(200);
    }
    const inspector = inspect(place);
    const { faults, ...settled } = await traffic.settle(mooring, inspector);
    expect([...faults, ...(await inspector.faults())], `SEED=${seed}`).toEqual([]);
    await inspector.close();
    expect(settled.acknowledged).toBeGreaterThan(kills * 10);
    process.stdout.write(`PostgreSQL killed ${kills} times: ${told(settled)}; SEED=${seed}\n`);
    expect(await mooring.stop()).toBe(0);
  } finally {
    await mooring.kill("SIGKILL");
    destination.stop();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
