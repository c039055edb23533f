import { randomInt } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Actor } from "../harness/actors.ts";
import type { Client } from "../harness/client.ts";
import { engines } from "../harness/engines.ts";
import { openLedger } from "../harness/ledger.ts";
import { clientOf, homeOn, type MooringProcess, startProcess, workersOf } from "../harness/process.ts";
import { trials } from "../harness/profile.ts";
import { inspect } from "./inspector.ts";
import { startOutside } from "./outside.ts";
import { createRandom } from "./random.ts";
import { knownBefore, openEverySecret, strayRows } from "./strays.ts";
import { startDestination } from "./webhooks/destination.ts";
import { startTraffic, told } from "./webhooks/traffic.ts";
import { createWorker } from "./worker.ts";

// Events come all the time; until so many kills things are changed as well, and compared after each.
const runs = engines.flatMap((engine) => [
  { ...engine, workers: 1, kills: trials({ change: 30, long: 1_000 }), changing: trials({ change: 10, long: 200 }) },
  { ...engine, workers: trials({ change: 2, long: 4 }), kills: trials({ change: 2, long: 50 }), changing: trials({ change: 2, long: 50 }) },
]);
// What is under way at a kill arrives again. The long run kills seldom enough to tell how much of all that is.
const quietMs = trials({ change: 50, long: 4_000 });
const names = Array.from({ length: 8 }, (_, index) => `c${index}`);

// At the same time: a start is waited for more than it computes.
test.concurrent.each(runs)(
  "kill -9 under load: nothing that was answered is lost, nothing is half there, what came in is delivered, on $name with workers: $workers (B-1, B-3, W-5, D-1)",
  { timeout: 60_000 + Math.max(...runs.map(({ kills }) => kills)) * 20_000 },
  async ({ name, prepare, workers: processes, kills, changing }) => {
    const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
    const random = createRandom(seed);
    const place = await prepare({ on: "disk" });
    const [outside, destination] = await Promise.all([startOutside(), startDestination()]);
    const home = homeOn(place, { MOORING_EGRESS_ALLOW: `${outside.allow},${destination.allow}`, MOORING_WORKERS: String(processes) });
    const actor: Actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
    let mooring = await startProcess(home.settings);
    const inspector = inspect(place);
    try {
      const traffic = await startTraffic(mooring, { actor, destination, folder: place.dataDir });
      const counterId = await createCounter(clientOf(mooring), actor, outside.url);
      const before = await knownBefore(inspector);
      const workers = names.map((worker, index) => {
        const ledger = openLedger(join(place.dataDir, `${worker}.ledger`));
        return createWorker({ name: worker, actor, ledger, random: createRandom(seed + index + 1), outside: outside.url, counterId });
      });
      for (let kill = 1; kill <= kills; kill++) {
        const client = clientOf(mooring);
        const busy = kill <= changing ? workers : [];
        const work = Promise.all([traffic.work(mooring), ...busy.map((worker) => worker.work(client))]);
        await traffic.acknowledgedMore(random.below(100), work);
        // Later where there are several: whichever process serves first has nothing in its memory yet.
        await Promise.race([work, pause(processes * 100 + random.below(kill <= changing ? 400 : quietMs))]);
        await killAll(mooring);
        await work;
        await inspector.settled();

        mooring = await startProcess(home.settings);
        const again = clientOf(mooring);
        const faults = await Promise.all(busy.map((worker) => worker.check(again, inspector)));
        const broken = [...faults.flat(), ...(await inspector.faults()), ...(await strayRows(inspector, workers, before))];
        expect(broken, `after kill ${kill} with SEED=${seed}`).toEqual([]);
      }
      const { faults, ...settled } = await traffic.settle(mooring, inspector);
      expect(faults, `SEED=${seed}`).toEqual([]);
      expect(await mooring.stop()).toBe(0);
      const opened = await openEverySecret(place, home);
      const acknowledged = workers.reduce((sum, { ledger }) => sum + ledger.reread().acknowledged, 0);
      expect(acknowledged).toBeGreaterThan(changing * names.length);
      expect(settled.acknowledged).toBeGreaterThan(kills * 10);
      process.stdout.write(
        `${name}, workers: ${processes}: ${kills} kills, ${acknowledged} changes acknowledged, 0 lost; ${opened} sealed values opened; ` +
          `${told(settled)}; SEED=${seed}\n`,
      );
    } catch (error) {
      process.stderr.write(mooring.written.join(""));
      throw error;
    } finally {
      await mooring.kill("SIGKILL");
      await inspector.close();
      destination.stop();
      await outside.stop();
      await place.remove();
    }
  },
);

/** At the same moment every process there is. */
async function killAll(mooring: MooringProcess): Promise<void> {
  for (const pid of await workersOf(mooring.pid)) process.kill(pid, "SIGKILL");
  await mooring.kill("SIGKILL");
}

/** A connection that all workers count in: each in a variable of its own, and all in `total`. */
async function createCounter(client: Client, actor: Actor, outside: URL): Promise<string> {
  const { body } = await client.must(actor, "CreateHTTPConnection", {
    body: {
      name: "counter",
      baseUrl: outside.href,
      authSchemeConfigs: [],
      environmentVariables: ["total", ...names].map((name) => ({ name, value: "0" })),
      environments: ["dev", "test", "live"].map((name) => ({ name, credentials: {}, variables: [] })),
    },
  });
  return body.id;
}
