import type { Credential } from "@mooring/contract";
import { sql } from "kysely";
import type { CredentialData } from "../domain/credential.ts";
import type { CredentialId, OrganisationId } from "../kernel/ids.ts";
import { connectionsUsing } from "./credentials.ts";
import type { Tx } from "./database.ts";
import { lockCredential, lockOrMakeToken, type SealedTokens, type StoredToken, type TokenContent } from "./tokens.ts";

/** What stands in the way of a renewal: somebody stored another token, only a person can help, it is too early, or another is at it. */
export type Obstacle = "moved" | "needs_person" | "waits" | "held";

/** A renewal that only its holder may finish. */
export interface Claim {
  /** The token as it is. */
  readonly token: StoredToken;
  readonly fence: number;
  /** The credential as it was committed when the claim was, and the application's that its config names. */
  readonly client: StoredClient;
  readonly application: StoredClient | undefined;
}

/** A credential that tokens are asked for with, still sealed. */
export interface StoredClient {
  readonly id: CredentialId;
  readonly type: Credential["type"];
  readonly revision: number;
  readonly data: CredentialData;
  readonly sealed: SealedTokens;
}

export interface ClaimRequest {
  /** The version that is to be renewed. */
  readonly version: number;
  readonly owner: string;
  readonly leaseMs: number;
  readonly application: CredentialId | undefined;
}

/**
 * Takes the lease on renewing a token, and writes down that it is about to be asked for (O-7). Gives what stands in the way instead,
 * with the row as it is; undefined when there is no such credential.
 */
export async function claimRenewal(
  tx: Tx,
  org: OrganisationId,
  id: CredentialId,
  { version, owner, leaseMs, application }: ClaimRequest,
): Promise<Claim | { obstacle: Obstacle; token: StoredToken } | undefined> {
  // First the credential and then its token, as an edit does: either sees what the other did.
  const client = await lockClient(tx, org, id);
  if (!client) return undefined;
  const token = await lockOrMakeToken(tx, org, id);
  const obstacle = obstacleTo(token, version);
  if (obstacle) return { obstacle, token };
  const fence = token.fence + 1;
  await tx.run(sql`
    update credential_tokens
    set fence = ${fence}, lease_owner = ${owner}, lease_until = ${token.nowMs + leaseMs}, intent_at = ${token.intentAtMs ?? token.nowMs}
    where org_id = ${org} and credential_id = ${id}
  `);
  return { token, fence, client, application: application && (await lockClient(tx, org, application)) };
}

function obstacleTo({ version, needsPerson, nextTryAtMs = 0, leaseUntilMs = 0, nowMs }: StoredToken, seen: number): Obstacle | undefined {
  if (version !== seen) return "moved";
  if (needsPerson) return "needs_person";
  if (leaseUntilMs > nowMs) return "held";
  return nextTryAtMs > nowMs ? "waits" : undefined;
}

async function lockClient(tx: Tx, org: OrganisationId, id: CredentialId): Promise<StoredClient | undefined> {
  const row = await tx.first(sql<{ type: Credential["type"]; revision: number | string; data: string; sealed: string }>`
    select type, revision, data, sealed
    from credentials
    where org_id = ${org} and id = ${id}
    ${tx.engine === "postgres" ? sql`for share` : sql``}
  `);
  if (!row) return undefined;
  const { type, revision, data, sealed } = row;
  return { id, type, revision: Number(revision), data: JSON.parse(data), sealed: JSON.parse(sealed) };
}

/**
 * Stores what a renewal gave. False, with nothing written, when the holder of `claim` is no longer the last one, or another token was
 * stored meanwhile (O-6).
 */
export async function finishRenewal(
  tx: Tx,
  org: OrganisationId,
  { client: { id }, token: { version }, fence }: Claim,
  { sealed, scopes, obtainedAtMs, expiresAtMs }: TokenContent,
): Promise<boolean> {
  await lockCredential(tx, org, id);
  const changed = await tx.run(sql`
    update credential_tokens
    set version = ${version + 1}, sealed = ${JSON.stringify(sealed)}, scopes = ${scopes ? JSON.stringify(scopes) : null},
      obtained_at = ${obtainedAtMs ?? null}, expires_at = ${expiresAtMs ?? null},
      lease_owner = null, lease_until = null, intent_at = null, reason = null, failures = 0, next_try_at = null, needs_person = 0
    where org_id = ${org} and credential_id = ${id} and version = ${version} and fence = ${fence}
  `);
  return changed > 0;
}

export interface Failure {
  readonly reason: string;
  /** From the claim on; undefined when trying again is of no use. */
  readonly nextTryAtMs: number | undefined;
  /** Whether the server's answer says what became of the request. Else the tokens it may have given are lost. */
  readonly isAnswered: boolean;
}

/** Keeps why a renewal failed; the tokens stay (O-8). False as `finishRenewal`. */
export async function failRenewal(
  tx: Tx,
  org: OrganisationId,
  { client: { id }, token: { version, intentAtMs, nowMs, failures }, fence }: Claim,
  { reason, nextTryAtMs, isAnswered }: Failure,
): Promise<boolean> {
  await lockCredential(tx, org, id);
  const intent = isAnswered ? intentAtMs : (intentAtMs ?? nowMs);
  const changed = await tx.run(sql`
    update credential_tokens
    set lease_owner = null, lease_until = null, intent_at = ${intent ?? null}, reason = ${reason}, failures = ${failures + 1},
      next_try_at = ${nextTryAtMs ?? null}, needs_person = ${nextTryAtMs === undefined ? 1 : 0}
    where org_id = ${org} and credential_id = ${id} and version = ${version} and fence = ${fence}
  `);
  return changed > 0;
}

/** Shows on the credential, and wherever it is shown, how its last use went; announces it to all that keep something of it. */
export async function showErrors(tx: Tx, org: OrganisationId, id: CredentialId, errors: readonly string[]): Promise<void> {
  tx.announce({ kind: "credential", org, id });
  const text = JSON.stringify(errors);
  const changed = await tx.run(sql`
    update credentials
    set errors = ${text}
    where org_id = ${org} and id = ${id} and (errors is null or errors <> ${text})
  `);
  if (changed === 0) return;
  for (const connection of await connectionsUsing(tx, org, id)) tx.announce({ kind: "connection", org, id: connection });
}
