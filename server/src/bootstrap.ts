import { scopesOfRole } from "./domain/actor.ts";
import { hashKey, hintOf, makeKey } from "./domain/api-key.ts";
import type { Clock } from "./kernel/clock.ts";
import type { ApiKeyId, NewId, OrganisationId, UserId } from "./kernel/ids.ts";
import { Secret } from "./kernel/secret.ts";
import { insertApiKey } from "./store/api-keys.ts";
import { appendAudit } from "./store/audit.ts";
import { insertDataKey } from "./store/data-keys.ts";
import type { Database } from "./store/database.ts";
import { insertMember } from "./store/members.ts";
import { insertOrganisation } from "./store/organisations.ts";
import { insertPerson } from "./store/people.ts";
import { claimSetting } from "./store/settings.ts";
import type { Vault } from "./vault/vault.ts";

/** What the first start made. The key is shown once. */
export interface FirstStart {
  readonly organisation: OrganisationId;
  readonly owner: UserId;
  readonly apiKey: Secret;
}

/**
 * On an empty database makes one organisation, its owner and an API key with every scope, in one transaction: `given` says which
 * organisation and key. Undefined when the database was set up before, by this node or by another at the same moment.
 */
export async function bootstrap(
  { db, vault, clock, newId }: { db: Database; vault: Vault; clock: Clock; newId: NewId },
  given: { readonly organisation: OrganisationId; readonly apiKey: Secret } | undefined,
): Promise<FirstStart | undefined> {
  const organisation = given?.organisation ?? newId<OrganisationId>();
  const apiKey = given?.apiKey ?? new Secret(makeKey());
  const owner = newId<UserId>();
  return db.write(organisation, async (tx) => {
    if (!(await claimSetting(tx, "first-organisation", organisation))) return undefined;
    const now = clock.now();
    const text = apiKey.reveal();
    const key = { name: "First key", keyHash: hashKey(text), hint: hintOf(text), scopes: scopesOfRole.owner, createdBy: owner };
    await insertPerson(tx, { id: owner, name: "Owner", email: firstOwnerEmail }, now);
    await insertOrganisation(tx, organisation, "My organisation", now);
    await insertDataKey(tx, organisation, vault.newDataKey(organisation), now);
    await insertMember(tx, organisation, { userId: owner, role: "owner" }, now);
    await insertApiKey(tx, organisation, newId<ApiKeyId>(), key, now);
    await appendAudit(tx, organisation, { actor: { kind: "system", id: "first-start" }, requestId: "first-start", at: now, newId }, [
      { operation: "organisation.created", subject: { type: "organisation", id: organisation, name: "My organisation" } },
    ]);
    return { organisation, owner, apiKey };
  });
}

/** Until the owner sets an address of their own; signs in by the one-time link. */
export const firstOwnerEmail = "owner@localhost";
