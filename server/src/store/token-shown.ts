import type { CredentialToken, CredentialType } from "@mooring/contract";
import { reasonOf, tokenState } from "../domain/token.ts";
import type { Engine } from "./database.ts";
import { jsonObject, jsonText } from "./json.ts";
import { databaseNow, tokenFacts, tokenMembers, tokenOf } from "./tokens.ts";

/** What `tokenShown` needs, for the select list of a statement on `credentials`. */
export function tokenColumns(engine: Engine): string {
  return `
    (
      select ${jsonText(engine, jsonObject(engine, tokenMembers("t")))}
      from credential_tokens t
      where t.org_id = credentials.org_id and t.credential_id = credentials.id
    ) as token,
    ${databaseNow[engine]} as "nowMs"`;
}

export interface TokenColumns {
  readonly token: string | null;
  readonly nowMs: number | string;
}

/** How a token is, as people see it. Nothing for a credential that has none, or whose first is yet to be obtained by a call. */
export function tokenShown({ type, token, nowMs }: TokenColumns & { type: CredentialType }): { token?: CredentialToken } {
  const now = Number(nowMs);
  const facts = tokenFacts(token === null ? undefined : tokenOf(JSON.parse(token), now), type, 0);
  const state = tokenState(facts, now);
  if (type !== "oauth2-token" && facts.accessToken === undefined && state === "expiring") return {};
  const { expiresAtMs, nextTryAtMs, scopes } = facts;
  const reason = reasonOf(facts, now);
  return {
    token: {
      state,
      ...(expiresAtMs !== undefined && { expiresAt: timeOf(expiresAtMs) }),
      ...(scopes && { scopes: [...scopes] }),
      ...(nextTryAtMs !== undefined && { nextTryAt: timeOf(nextTryAtMs) }),
      ...(reason !== undefined && { reason }),
    },
  };
}

const timeOf = (atMs: number) => new Date(atMs).toISOString();
