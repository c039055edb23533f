import type { CredentialSecrets } from "../domain/credential.ts";
import type { TriggerCredential, TriggerTarget } from "../domain/trigger-target.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import type { Secret } from "../kernel/secret.ts";
import type { Database } from "../store/database.ts";
import { readTriggerTarget, type SealedSecrets, type SealedTriggerCredential, type TriggerPlace } from "../store/trigger-targets.ts";
import type { Sealer, Seals } from "./seals.ts";

/**
 * Reads all that taking in an event of a trigger needs, with the environment's trigger credentials opened. Undefined when the
 * organisation has no such connection, environment, version or trigger. Throws VaultError when a stored secret does not open.
 */
export function createTriggerTargetLoader({ db, seals }: { readonly db: Database; readonly seals: Seals }) {
  return async (org: OrganisationId, connectionId: ConnectionId, place: TriggerPlace): Promise<TriggerTarget | undefined> => {
    const stored = await db.read(org, (tx) => readTriggerTarget(tx, org, connectionId, place));
    if (!stored) return undefined;
    const sealer = await seals.of(org);
    return { ...stored, credentials: stored.credentials.map((credential) => opened(sealer, credential)) };
  };
}

export type LoadTriggerTarget = ReturnType<typeof createTriggerTargetLoader>;

function opened(sealer: Sealer, credential: SealedTriggerCredential): TriggerCredential {
  const { id, config, credentialId, credentialName, predecessor } = credential;
  const secretsOf = (secrets: SealedSecrets) => openedSecrets(sealer, credential, secrets);
  const applied = { id, config, credentialId, credentialName, secrets: secretsOf(credential) };
  if (predecessor === undefined) return applied;
  return { ...applied, predecessor: { secrets: secretsOf(predecessor), validUntil: predecessor.validUntil } };
}

/** Joins what is public and what was sealed. The pair was checked when it was stored. */
function openedSecrets(
  sealer: Sealer,
  { credentialId, type }: SealedTriggerCredential,
  { revision, data, sealed }: SealedSecrets,
): CredentialSecrets {
  const secrets: Record<string, Secret> = sealer.open({ purpose: "credential", id: credentialId, revision }, sealed);
  return { ...data, ...secrets, type } as unknown as CredentialSecrets;
}
