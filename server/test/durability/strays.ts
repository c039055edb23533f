import { createSeals } from "../../src/credentials/seals.ts";
import type { CredentialId, OrganisationId } from "../../src/kernel/ids.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { lockStoredCredential } from "../../src/store/credentials.ts";
import { loadMasterKey } from "../../src/vault/master.ts";
import { createVault } from "../../src/vault/vault.ts";
import type { Place } from "../harness/engines.ts";
import type { Home } from "../harness/process.ts";
import { type Inspector, inspect } from "./inspector.ts";
import type { Worker } from "./worker.ts";

/** What was there before anybody changed anything. */
export interface KnownBefore {
  readonly connections: ReadonlySet<string>;
  /** By their ids in the audit trail. */
  readonly requests: ReadonlySet<string>;
}

export async function knownBefore(inspector: Inspector): Promise<KnownBefore> {
  const connections = await inspector.rows<{ id: string }>("select id from connections");
  const requests = await audited(inspector);
  return { connections: new Set(connections.map(({ id }) => id)), requests: new Set(requests.map(({ request }) => request)) };
}

const audited = (inspector: Inspector) =>
  inspector.rows<{ entry: string; request: string }>("select operation || ' ' || subject_id as entry, request_id as request from audit");

/** Rows that no ledger knows of, and what ledgers know and the audit trail does not, each exactly once. */
export async function strayRows(inspector: Inspector, workers: readonly Worker[], before: KnownBefore): Promise<string[]> {
  const accounts = workers.map(({ ledger }) => ledger.account);
  const known = new Set(accounts.flatMap(({ things }) => [...things.keys()]));
  const rows = await inspector.rows<{ id: string }>(`
    select id from connections
    union all select id from credentials where name like 'login %'
    union all select id from versions where name <> '1'
    union all select id from api_keys where name <> 'First key'
  `);
  const strays = rows
    .filter(({ id }) => !known.has(id) && !before.connections.has(id))
    .map(({ id }) => `${id} is there, and nobody was told so`);

  const happened = accounts.flatMap((account) => account.happened);
  const trail = (await audited(inspector)).filter(({ request }) => !before.requests.has(request));
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
export async function openEverySecret(place: Place, { organisation, settings }: Home): Promise<number> {
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
