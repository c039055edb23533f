import type { AttentionCredential, CredentialType } from "@mooring/contract";
import { type RawBuilder, sql } from "kysely";
import { startOfMinute } from "../domain/call-tally.ts";
import type { TokenState } from "../domain/token.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Engine, Tx } from "./database.ts";
import { isAmong } from "./lists.ts";
import { type TokenColumns, tokenColumns, tokenShown } from "./token-shown.ts";
import { databaseNow } from "./tokens.ts";

/** What is asked about: these connections, or all; in these environments alone, where a key is limited to some. */
export interface HealthScope {
  readonly connections?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
}

/** Calls of one environment since a minute; with an empty environment, those that were refused before it was known. */
export interface RecentCalls {
  readonly connectionId: string;
  readonly environmentId: string;
  readonly calls: number;
  readonly failures: number;
}

/** What was called in a scope since `minute`; nothing of what was not. */
export async function recentCalls(tx: Tx, org: OrganisationId, scope: HealthScope, minute: number): Promise<RecentCalls[]> {
  const rows = await tx.all(sql<{ connection_id: string; environment_id: string; calls: number | string; failures: number | string }>`
    select connection_id, environment_id, sum(calls) as calls, sum(failures) as failures
    from call_minutes
    where org_id = ${org} and minute >= ${minute} ${within(tx, scope)}
    group by connection_id, environment_id
  `);
  return rows.map(({ connection_id, environment_id, calls, failures }) => ({
    connectionId: connection_id,
    environmentId: environment_id,
    calls: Number(calls),
    failures: Number(failures),
  }));
}

/** The connections of which more than half of the calls since `minute` failed. Only those are looked at in which any did. */
export async function failingConnections(tx: Tx, org: OrganisationId, scope: HealthScope, minute: number): Promise<string[]> {
  const rows = await tx.all(sql<{ connection_id: string }>`
    select connection_id
    from call_minutes
    where org_id = ${org} and minute >= ${minute} ${within(tx, scope)} and connection_id in (
      select connection_id
      from call_places
      where org_id = ${org} and connection_id <> '' and last_failure_at >= ${startOfMinute(minute).toISOString()} ${within(tx, scope)}
    )
    group by connection_id
    having sum(failures) * 2 > sum(calls)
  `);
  return rows.map(({ connection_id }) => connection_id);
}

/** When each place was last called. */
export interface LastCall {
  readonly connectionId: string;
  readonly environmentId: string;
  readonly at: string;
}

export async function lastCalls(tx: Tx, org: OrganisationId, scope: HealthScope): Promise<LastCall[]> {
  const rows = await tx.all(sql<{ connection_id: string; environment_id: string; last_call_at: string }>`
    select connection_id, environment_id, last_call_at
    from call_places
    where org_id = ${org} ${within(tx, scope)}
  `);
  return rows.map(({ connection_id, environment_id, last_call_at }) => ({
    connectionId: connection_id,
    environmentId: environment_id,
    at: last_call_at,
  }));
}

function within(tx: Tx, { connections, environments }: HealthScope): RawBuilder<unknown> {
  const ofConnections = connections === undefined ? sql`` : sql`and ${isAmong(tx, "connection_id", connections)}`;
  return environments === undefined ? ofConnections : sql`${ofConnections} and ${isAmong(tx, "environment_id", environments)}`;
}

/** A credential in use whose token is not well. */
export interface TroubledUse {
  readonly connectionId: string;
  readonly environmentId: string;
  readonly credential: AttentionCredential;
  readonly state: "reauth_required" | "failing";
  readonly reason: string | undefined;
}

/** Where credentials are used whose tokens are not well; one row for each environment. [] when all are. */
export async function troubledUses(tx: Tx, org: OrganisationId, { connections, environments }: HealthScope): Promise<TroubledUse[]> {
  const ofEnvironments = environments === undefined ? sql`` : sql`and ${isAmong(tx, "ec.environment_id", environments)}`;
  const rows = await tx.all(sql<TroubledRow>`
    select distinct e.connection_id, e.id as environment_id, credentials.id, credentials.name, credentials.type,
      ${sql.raw(tokenColumns(tx.engine))}
    from environment_credentials ec
    join environments e on e.org_id = ec.org_id and e.id = ec.environment_id
    join credentials on credentials.org_id = ec.org_id and credentials.id = ec.credential_id
    left join credential_tokens t on t.org_id = ec.org_id and t.credential_id = ec.credential_id
    where ec.org_id = ${org} and ${connections === undefined ? areSuspect(tx, org) : areOf(tx, org, connections)} ${ofEnvironments} and ${isUnwell(tx)}
    order by credentials.name, credentials.id, e.id
  `);
  return rows.flatMap(({ connection_id, environment_id, id, name, type, ...columns }) => {
    const { token } = tokenShown({ type, ...columns });
    if (token === undefined || !isTroubled(token.state)) return [];
    return [
      {
        connectionId: connection_id,
        environmentId: environment_id,
        credential: { id, name, type },
        state: token.state,
        reason: token.reason,
      },
    ];
  });
}

type TroubledRow = TokenColumns &
  Pick<AttentionCredential, "id" | "name"> & { type: CredentialType; connection_id: string; environment_id: string };

const isTroubled = (state: TokenState): state is "reauth_required" | "failing" => state === "reauth_required" || state === "failing";

/** What `tokenState` may call so; it has the last word. */
const isUnwell = ({ engine }: Tx) =>
  sql`(t.needs_person = 1 or t.reason is not null or credentials.type = 'oauth2-token' and (${cannotBeRenewed(engine)}))`;

function cannotBeRenewed(engine: Engine): RawBuilder<unknown> {
  // Half a minute is more than a token's last moments are.
  const endsSoon = sql`t.expires_at < ${sql.raw(databaseNow[engine])} + 30000`;
  return sql`t.sealed is null or t.sealed not like '%"refreshToken"%' and (t.sealed not like '%"accessToken"%' or ${endsSoon})`;
}

const areOf = (tx: Tx, org: OrganisationId, connections: readonly string[]) =>
  sql`ec.environment_id in (select id from environments where org_id = ${org} and ${isAmong(tx, "connection_id", connections)})`;

/** The same from two short indexes: to look at all credentials of an organisation would take too long. */
const areSuspect = ({ engine }: Tx, org: OrganisationId) => sql`ec.credential_id in (
  select credential_id
  from credential_tokens
  where org_id = ${org} and (needs_person = 1 or reason is not null)
  union all
  select credentials.id
  from credentials
  left join credential_tokens t on t.org_id = credentials.org_id and t.credential_id = credentials.id
  where credentials.org_id = ${org} and credentials.type = 'oauth2-token' and (${cannotBeRenewed(engine)})
)`;
