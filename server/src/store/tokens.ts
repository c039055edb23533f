import { isDeepStrictEqual } from "node:util";
import type { CredentialType } from "@mooring/contract";
import { sql } from "kysely";
import { type CredentialData, showingTokens } from "../domain/credential.ts";
import type { TokenFacts } from "../domain/token.ts";
import type { CredentialId, OrganisationId } from "../kernel/ids.ts";
import type { Engine, Tx } from "./database.ts";

/** The row of a credential's token. Times are milliseconds of the database's clock, as is `nowMs`, when it was read. */
export interface StoredToken {
  /** Moves with every token that is stored, and with every edit that makes the stored one worthless. */
  readonly version: number;
  /** One envelope for each of `accessToken` and `refreshToken` that is there; each opens under `version`. */
  readonly sealed: SealedTokens;
  readonly scopes: readonly string[] | undefined;
  readonly obtainedAtMs: number | undefined;
  readonly expiresAtMs: number | undefined;
  /** Moves with every renewal that begins: who holds an older one writes no more. */
  readonly fence: number;
  readonly leaseUntilMs: number | undefined;
  /** When the first renewal was begun of those whose answer never came, or never was stored. */
  readonly intentAtMs: number | undefined;
  readonly reason: string | undefined;
  readonly failures: number;
  readonly nextTryAtMs: number | undefined;
  readonly needsPerson: boolean;
  readonly nowMs: number;
}

export type SealedTokens = Readonly<Record<string, string>>;

/**
 * Locks a credential until the transaction ends. Whoever changes a token does so first: an edit locks the credential and then its token,
 * and two that take locks in different orders may wait for each other.
 */
export async function lockCredential(tx: Tx, org: OrganisationId, id: CredentialId): Promise<void> {
  if (tx.engine === "postgres") await tx.first(sql`select id from credentials where org_id = ${org} and id = ${id} for update`);
}

/** The token of a credential, or undefined before its first. */
export async function readToken(tx: Tx, org: OrganisationId, id: CredentialId): Promise<StoredToken | undefined> {
  return found(tx, org, id, "");
}

/** The same, locked until the transaction ends. */
export async function lockToken(tx: Tx, org: OrganisationId, id: CredentialId): Promise<StoredToken | undefined> {
  return found(tx, org, id, tx.engine === "postgres" ? "for update" : "");
}

/** As `lockToken`, after making an empty row where there was none. Throws the engine's foreign key fault when there is no such credential. */
export async function lockOrMakeToken(tx: Tx, org: OrganisationId, id: CredentialId): Promise<StoredToken> {
  await tx.run(sql`
    insert into credential_tokens (org_id, credential_id, version, sealed, fence, failures, needs_person)
    values (${org}, ${id}, 0, '{}', 0, 0, 0)
    on conflict (org_id, credential_id) do nothing
  `);
  return (await lockToken(tx, org, id)) as StoredToken;
}

async function found(tx: Tx, org: OrganisationId, id: CredentialId, lock: string): Promise<StoredToken | undefined> {
  const row = await tx.first(sql<TokenRow>`
    select version, sealed, scopes, obtained_at as "obtainedAt", expires_at as "expiresAt", fence, lease_until as "leaseUntil",
      intent_at as "intentAt", reason, failures, next_try_at as "nextTryAt", needs_person as "needsPerson",
      ${sql.raw(databaseNow[tx.engine])} as "nowMs"
    from credential_tokens
    where org_id = ${org} and credential_id = ${id}
    ${sql.raw(lock)}
  `);
  return row && tokenOf(row, Number(row.nowMs));
}

/** Puts tokens that somebody brought, or signed in for, in the place of what is stored. What was known of failures is forgotten. */
export async function replaceTokens(
  tx: Tx,
  org: OrganisationId,
  id: CredentialId,
  { seal, scopes, lifetimeMs }: ReplacingTokens,
): Promise<void> {
  await lockCredential(tx, org, id);
  const { version, nowMs } = await lockOrMakeToken(tx, org, id);
  const sealed = seal(version + 1);
  const expiresAtMs = lifetimeMs === undefined ? undefined : nowMs + lifetimeMs;
  await writeTokens(tx, org, id, { version: version + 1, sealed, scopes, obtainedAtMs: nowMs, expiresAtMs });
  await showTokens(tx, org, id, sealed);
}

/** Keeps the first tokens of a credential, sealed under version 1. */
export async function insertTokens(tx: Tx, org: OrganisationId, id: CredentialId, sealed: SealedTokens): Promise<void> {
  const { nowMs: obtainedAtMs } = await lockOrMakeToken(tx, org, id);
  await writeTokens(tx, org, id, { version: 1, sealed, scopes: undefined, obtainedAtMs, expiresAtMs: undefined });
}

export interface ReplacingTokens {
  /** Seals them for the version they get. */
  seal(version: number): SealedTokens;
  /** As granted; undefined when the server did not say. */
  readonly scopes?: readonly string[] | undefined;
  /** From now on; undefined when the server did not say. */
  readonly lifetimeMs?: number | undefined;
}

/** Writes tokens under a version that whoever holds the lock has moved on; as `replaceTokens` but for the masks. */
export async function writeTokens(
  tx: Tx,
  org: OrganisationId,
  id: CredentialId,
  { version, sealed, scopes, obtainedAtMs, expiresAtMs }: TokenContent & { version: number },
): Promise<void> {
  await tx.run(sql`
    update credential_tokens
    set version = ${version}, sealed = ${JSON.stringify(sealed)}, scopes = ${scopes ? JSON.stringify(scopes) : null},
      obtained_at = ${obtainedAtMs ?? null}, expires_at = ${expiresAtMs ?? null},
      lease_owner = null, lease_until = null, intent_at = null, reason = null, failures = 0, next_try_at = null, needs_person = 0
    where org_id = ${org} and credential_id = ${id}
  `);
}

export type TokenContent = Pick<StoredToken, "sealed" | "scopes" | "obtainedAtMs" | "expiresAtMs">;

/** Has the credential, which is locked, show the mask for each token that is stored, and for no other. */
export async function showTokens(tx: Tx, org: OrganisationId, id: CredentialId, sealed: SealedTokens): Promise<void> {
  const row = await tx.first(sql<{ data: string }>`
    select data
    from credentials
    where org_id = ${org} and id = ${id} and type = 'oauth2-token'
  `);
  if (!row) return;
  const before = JSON.parse(row.data) as CredentialData;
  const data = showingTokens(before, Object.keys(sealed));
  if (isDeepStrictEqual(data, before)) return;
  await tx.run(sql`
    update credentials
    set data = ${JSON.stringify(data)}
    where org_id = ${org} and id = ${id}
  `);
}

/**
 * Throws away a token that was made of what is no longer true of the credential; who renews it at this moment stores nothing. Does
 * nothing when there is none.
 */
export async function dropToken(tx: Tx, org: OrganisationId, id: CredentialId): Promise<void> {
  const stored = await lockToken(tx, org, id);
  if (!stored) return;
  const nothing = { sealed: {}, scopes: undefined, obtainedAtMs: undefined, expiresAtMs: undefined };
  await writeTokens(tx, org, id, { ...nothing, version: stored.version + 1 });
}

/** Lets the next renewal be tried at once: what made the last one fail may have been put right. The tokens stay as they are. */
export async function forgetFailure(tx: Tx, org: OrganisationId, id: CredentialId): Promise<void> {
  await tx.run(sql`
    update credential_tokens
    set reason = null, failures = 0, next_try_at = null, needs_person = 0
    where org_id = ${org} and credential_id = ${id}
  `);
}

/** What is known of the token of a credential of this type, on a clock that is `aheadMs` ahead of the database's. */
export function tokenFacts(stored: StoredToken | undefined, type: CredentialType, aheadMs: number): TokenFacts<string> {
  const moved = (timeMs: number | undefined) => timeMs && timeMs + aheadMs;
  return {
    accessToken: stored?.sealed.accessToken,
    isRenewable: type !== "oauth2-token" || stored?.sealed.refreshToken !== undefined,
    version: stored?.version ?? 0,
    scopes: stored?.scopes,
    obtainedAtMs: moved(stored?.obtainedAtMs),
    expiresAtMs: moved(stored?.expiresAtMs),
    renewingUntilMs: moved(stored?.leaseUntilMs),
    reason: stored?.reason,
    nextTryAtMs: moved(stored?.nextTryAtMs),
    needsPerson: stored?.needsPerson ?? false,
  };
}

/** The columns as members of a JSON object, for statements that read a token along with other things; `tokenOf` takes it. */
export const tokenMembers = (alias: string): Readonly<Record<string, string>> => ({
  version: `${alias}.version`,
  sealed: `${alias}.sealed`,
  scopes: `${alias}.scopes`,
  obtainedAt: `${alias}.obtained_at`,
  expiresAt: `${alias}.expires_at`,
  fence: `${alias}.fence`,
  leaseUntil: `${alias}.lease_until`,
  intentAt: `${alias}.intent_at`,
  reason: `${alias}.reason`,
  failures: `${alias}.failures`,
  nextTryAt: `${alias}.next_try_at`,
  needsPerson: `${alias}.needs_person`,
});

/** The clock of the database in whole milliseconds, as it is when the statement comes to it. */
export const databaseNow: Readonly<Record<Engine, string>> = {
  sqlite: "cast(unixepoch('subsec') * 1000 as integer)",
  postgres: "(extract(epoch from clock_timestamp()) * 1000)::bigint",
};

/** The columns as the engines give them: PostgreSQL's driver gives a bigint as text. */
export interface TokenRow {
  version: number | string;
  sealed: string;
  scopes: string | null;
  obtainedAt: number | string | null;
  expiresAt: number | string | null;
  fence: number | string;
  leaseUntil: number | string | null;
  intentAt: number | string | null;
  reason: string | null;
  failures: number | string;
  nextTryAt: number | string | null;
  needsPerson: number | string;
  nowMs?: number | string;
}

export function tokenOf(row: TokenRow, nowMs: number): StoredToken {
  return {
    version: Number(row.version),
    sealed: JSON.parse(row.sealed) as SealedTokens,
    scopes: row.scopes === null ? undefined : (JSON.parse(row.scopes) as string[]),
    obtainedAtMs: numberOf(row.obtainedAt),
    expiresAtMs: numberOf(row.expiresAt),
    fence: Number(row.fence),
    leaseUntilMs: numberOf(row.leaseUntil),
    intentAtMs: numberOf(row.intentAt),
    reason: row.reason ?? undefined,
    failures: Number(row.failures),
    nextTryAtMs: numberOf(row.nextTryAt),
    needsPerson: Number(row.needsPerson) === 1,
    nowMs,
  };
}

const numberOf = (value: number | string | null) => (value === null ? undefined : Number(value));
