import { isMask } from "../domain/credential.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import { Secret } from "../kernel/secret.ts";
import { type DataKeyRow, listDataKeys } from "../store/data-keys.ts";
import type { Database } from "../store/database.ts";
import type { SealLabel, Vault } from "../vault/vault.ts";

/** Seals and opens what belongs to one organisation. Neither waits for anything, so both may run inside a transaction. */
export interface Sealer {
  /** One envelope for each of `secrets`; each opens only for this record, this field and this revision (V-2). */
  seal(record: SealedRecord, secrets: Readonly<Record<string, string>>): Record<string, string>;
  /** Seals `secrets` for the next revision of `record`; one that is the mask keeps what `sealed` holds of it (V-8). */
  reseal(record: SealedRecord, sealed: Readonly<Record<string, string>>, secrets: Readonly<Record<string, string>>): Record<string, string>;
  /** The reverse of `seal`. Throws VaultError on anything it did not make. */
  open(record: SealedRecord, sealed: Readonly<Record<string, string>>): Record<string, Secret>;
}

/** What a sealed value belongs to, beside its organisation and field. */
export interface SealedRecord {
  readonly purpose: "credential" | "token" | "answer" | "sign-in" | "signing-key" | "event" | "trigger-address";
  readonly id: string;
  readonly revision: number;
}

export interface Seals {
  /** The sealer of `org`. Throws when the organisation has no data key, which means it does not exist. */
  of(org: OrganisationId): Promise<Sealer>;
}

/** Keeps each organisation's wrapped data keys in memory, `organisationsMax` at most; they are only ever added. */
export function createSeals({ db, vault }: { db: Database; vault: Vault }): Seals {
  const sealers = new Map<OrganisationId, Sealer>();
  return { of };

  async function of(org: OrganisationId): Promise<Sealer> {
    const known = sealers.get(org);
    if (known) return known;
    const keys = await db.read(org, (tx) => listDataKeys(tx, org));
    const sealer = createSealer(vault, org, keys);
    if (sealers.size >= organisationsMax) sealers.clear();
    sealers.set(org, sealer);
    return sealer;
  }
}

const organisationsMax = 10_000;

function createSealer(vault: Vault, org: OrganisationId, keys: readonly DataKeyRow[]): Sealer {
  const [current] = keys;
  if (!current) throw new Error("The organisation has no data key.");
  const labelOf = ({ purpose, id, revision }: SealedRecord, field: string): SealLabel => ({ purpose, org, id, field, version: revision });
  const seal: Sealer["seal"] = (record, secrets) =>
    mapValues(secrets, (value, field) => vault.seal(current, labelOf(record, field), Buffer.from(value, "utf8")));
  const open: Sealer["open"] = (record, sealed) =>
    mapValues(sealed, (envelope, field) => new Secret(vault.open(keys, labelOf(record, field), envelope).toString("utf8")));
  return {
    seal,
    open,
    reseal(record, sealed, secrets) {
      const kept = open(record, sealed);
      const merged = mapValues(secrets, (value, field) => (isMask(value) ? (kept[field]?.reveal() ?? value) : value));
      return seal({ ...record, revision: record.revision + 1 }, merged);
    },
  };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From, name: string) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value, name)]));
}
