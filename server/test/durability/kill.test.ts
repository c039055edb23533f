import { randomInt } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { createSeals } from "../../src/credentials/seals.ts";
import type { CredentialId, OrganisationId } from "../../src/kernel/ids.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { lockStoredCredential } from "../../src/store/credentials.ts";
import { loadMasterKey } from "../../src/vault/master.ts";
import { createVault } from "../../src/vault/vault.ts";
import type { Actor } from "../harness/actors.ts";
import type { Client } from "../harness/client.ts";
import { engines, type Place } from "../harness/engines.ts";
import { openLedger } from "../harness/ledger.ts";
import { clientOf, type Home, homeOn, type MooringProcess, startProcess, workersOf } from "../harness/process.ts";
import { trials } from "../harness/profile.ts";
import { type Inspector, inspect } from "./inspector.ts";
import { startOutside } from "./outside.ts";
import { createRandom } from "./random.ts";
import { createWorker, type Worker } from "./worker.ts";

const runs = engines.flatMap((engine) => [
  { ...engine, workers: 1, kills: trials({ change: 20, long: 200 }) },
  { ...engine, workers: 4, kills: trials({ change: 3, long: 50 }) },
]);
const names = Array.from({ length: 8 }, (_, index) => `c${index}`);

test.each(runs)(
  "kill -9 under load: nothing that was answered is lost, nothing is half there, on $name with workers: $workers (B-1, B-3)",
  { timeout: 60_000 + Math.max(...runs.map(({ kills }) => kills)) * 10_000 },
  async ({ name, prepare, workers: processes, kills }) => {
    const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
    const random = createRandom(seed);
    const place = await prepare();
    const outside = await startOutside();
    const home = homeOn(place, { MOORING_EGRESS_ALLOW: outside.allow, MOORING_WORKERS: String(processes) });
    const actor: Actor = { name: "key", org: home.organisation, headers: { authorization: `Bearer ${home.apiKey}` } };
    let mooring = await startProcess(home.settings);
    const inspector = inspect(place);
    try {
      const counterId = await createCounter(clientOf(mooring), actor, outside.url);
      const workers = names.map((worker, index) => {
        const ledger = openLedger(join(place.dataDir, `${worker}.ledger`));
        return createWorker({ name: worker, actor, ledger, random: createRandom(seed + index + 1), outside: outside.url, counterId });
      });
      for (let kill = 1; kill <= kills; kill++) {
        const client = clientOf(mooring);
        const work = Promise.all(workers.map((worker) => worker.work(client)));
        // Later where there are several: whichever process serves first has nothing in its memory yet.
        await Promise.race([work, pause(processes * 100 + random.below(400))]);
        await killAll(mooring);
        await work;
        await inspector.settled();

        mooring = await startProcess(home.settings);
        const again = clientOf(mooring);
        const faults = await Promise.all(workers.map((worker) => worker.check(again, inspector)));
        const broken = [...faults.flat(), ...(await inspector.faults()), ...(await strayRows(inspector, workers, counterId))];
        expect(broken, `after kill ${kill} with SEED=${seed}`).toEqual([]);
      }
      expect(await mooring.stop()).toBe(0);
      const opened = await openEverySecret(place, home);
      const acknowledged = workers.reduce((sum, { ledger }) => sum + ledger.reread().acknowledged, 0);
      expect(acknowledged).toBeGreaterThan(kills * names.length);
      process.stdout.write(
        `${name}, workers: ${processes}: ${kills} kills, ${acknowledged} changes acknowledged, 0 lost; ${opened} sealed values opened; SEED=${seed}\n`,
      );
    } catch (error) {
      process.stderr.write(mooring.written.join(""));
      throw error;
    } finally {
      await mooring.kill("SIGKILL");
      await inspector.close();
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

/** Rows that no ledger knows of, and what ledgers know and the audit trail does not, each exactly once. */
async function strayRows(inspector: Inspector, workers: readonly Worker[], counterId: string): Promise<string[]> {
  const accounts = workers.map(({ ledger }) => ledger.account);
  const known = new Set(accounts.flatMap(({ things }) => [...things.keys()]));
  const rows = await inspector.rows<{ id: string }>(`
    select id from connections where id <> '${counterId}'
    union all select id from credentials where name like 'login %'
    union all select id from versions where name <> '1'
    union all select id from api_keys where name <> 'First key'
  `);
  const strays = rows.filter(({ id }) => !known.has(id)).map(({ id }) => `${id} is there, and nobody was told so`);

  const happened = accounts.flatMap((account) => account.happened);
  const trail = await inspector.rows<{ entry: string; request: string }>(`
    select operation || ' ' || subject_id as entry, request_id as request from audit
    where operation not like 'organisation.%' and not (operation = 'connection.created' and subject_id = '${counterId}')
  `);
  const told = tally(happened.map(({ operation, subject }) => `${operation} ${subject}`));
  const written = tally(trail.map(({ entry }) => entry));
  const entries = [...new Set([...told.keys(), ...written.keys()])];
  const miscounted = entries.filter((entry) => told.get(entry) !== written.get(entry));
  const requests = new Map(trail.map(({ entry, request }) => [request, entry]));
  const unnamed = happened.filter(
    ({ requestId, operation, subject }) => requestId && requests.get(requestId) !== `${operation} ${subject}`,
  );
  return [
    ...strays,
    ...miscounted.map((entry) => `${entry} happened ${told.get(entry) ?? 0} times and was audited ${written.get(entry) ?? 0} times`),
    ...unnamed.map(({ requestId, operation }) => `${operation} of request ${requestId} is not audited under it`),
  ];
}

function tally(entries: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(entry, (counts.get(entry) ?? 0) + 1);
  return counts;
}

/** Opens what is sealed in every credential there is; gives how many values that were. Throws on one that does not open. */
async function openEverySecret(place: Place, { organisation, settings }: Home): Promise<number> {
  const db = await place.open();
  try {
    const master = loadMasterKey({ dataDir: place.dataDir, configured: new Secret(settings.MOORING_MASTER_KEY ?? ""), mayGenerate: false });
    const org = organisation as OrganisationId;
    const sealer = await createSeals({ db, vault: createVault(master) }).of(org);
    const inspector = inspect(place);
    const rows = await inspector.rows<{ id: CredentialId }>("select id from credentials");
    await inspector.close();
    return await db.write(org, async (tx) => {
      let opened = 0;
      for (const { id } of rows) {
        const stored = await lockStoredCredential(tx, org, id);
        if (!stored) throw new Error(`${id} is gone.`);
        opened += Object.keys(sealer.open({ purpose: "credential", id, revision: stored.revision }, stored.sealed)).length;
      }
      return opened;
    });
  } finally {
    await db.close();
  }
}
