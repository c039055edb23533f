import type { CredentialSecrets } from "../domain/credential.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import type { Secret } from "../kernel/secret.ts";
import type { Database } from "../store/database.ts";
import { readSnapshot, type SnapshotCredential } from "../store/snapshots.ts";
import type { Sealer, Seals } from "./seals.ts";

/**
 * Reads everything a call through one environment needs, with its action credentials opened. Undefined when the organisation has no
 * such connection or environment. Throws VaultError when a stored secret does not open.
 */
export function createSnapshotLoader({ db, seals }: { db: Database; seals: Seals }) {
  return async (org: OrganisationId, connectionId: ConnectionId, environment: string): Promise<EnvironmentSnapshot | undefined> => {
    const stored = await db.read(org, (tx) => readSnapshot(tx, org, connectionId, environment));
    if (!stored) return undefined;
    const sealer = await seals.of(org);
    return { ...stored, credentials: stored.credentials.map((credential) => opened(sealer, credential)) };
  };
}

function opened(sealer: Sealer, { id, config, credentialId, credentialName, type, revision, data, sealed }: SnapshotCredential) {
  const secrets = sealer.open({ purpose: "credential", id: credentialId, revision }, sealed);
  return { id, config, credentialId, credentialName, secrets: secretsOf(type, { ...data, ...secrets }) };
}

/** Joins what is public and what was sealed. The pair was checked when it was stored. */
function secretsOf(type: CredentialSecrets["type"], fields: Record<string, unknown | Secret>): CredentialSecrets {
  return { ...fields, type } as CredentialSecrets;
}
