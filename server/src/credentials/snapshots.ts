import type { AuthSchemeConfig } from "@mooring/contract";
import type { CredentialSecrets } from "../domain/credential.ts";
import type { AppliedCredential, EnvironmentSnapshot } from "../domain/snapshot.ts";
import type { Clock } from "../kernel/clock.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import type { Secret } from "../kernel/secret.ts";
import type { Database } from "../store/database.ts";
import { readSnapshot, type SnapshotCredential } from "../store/snapshots.ts";
import { heldToken } from "./held-token.ts";
import type { Sealer, Seals } from "./seals.ts";

/**
 * Reads everything a call through one environment needs, with its action credentials opened. Undefined when the organisation has no
 * such connection or environment. Throws VaultError when a stored secret does not open.
 */
export function createSnapshotLoader({ db, seals, clock, bigQueryUrl }: SnapshotLoaderDeps) {
  return async (org: OrganisationId, connectionId: ConnectionId, environment: string): Promise<EnvironmentSnapshot | undefined> => {
    // Before the database's clock is read, so that a token never seems to end later than it does.
    const readAtMs = clock.now().getTime();
    const read = await db.read(org, (tx) => readSnapshot(tx, org, connectionId, environment));
    if (!read) return undefined;
    const { nowMs, ...stored } = read;
    const sealer = await seals.of(org);
    const credentials = stored.credentials.map((credential) => opened(sealer, credential, readAtMs - nowMs));
    const baseUrl = stored.protocol === "bigquery" ? bigQueryUrl : stored.baseUrl;
    return { ...stored, baseUrl, credentials };
  };
}

export interface SnapshotLoaderDeps {
  readonly db: Database;
  readonly seals: Seals;
  readonly clock: Clock;
  /** Where the API of BigQuery is: its connections have no base URL of their own. */
  readonly bigQueryUrl: string;
}

function opened(sealer: Sealer, credential: SnapshotCredential, aheadMs: number): AppliedCredential {
  const { id, config, credentialId, credentialName, type, revision, data, sealed, token: stored } = credential;
  const secrets = secretsOf(type, { ...data, ...sealer.open({ purpose: "credential", id: credentialId, revision }, sealed) });
  const applied = { id, config, credentialId, credentialName, secrets };
  return usesToken(config) ? { ...applied, token: heldToken(sealer, { id: credentialId, type, stored, aheadMs }) } : applied;
}

const usesToken = ({ schemeType }: AuthSchemeConfig) => schemeType === "oauth2" || schemeType === "google-service-account";

/** Joins what is public and what was sealed. The pair was checked when it was stored. */
function secretsOf(type: CredentialSecrets["type"], fields: Record<string, unknown | Secret>): CredentialSecrets {
  return { ...fields, type } as CredentialSecrets;
}
