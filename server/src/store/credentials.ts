import type { Credential, CredentialSummary, CredentialUsages } from "@mooring/contract";
import { sql } from "kysely";
import type { CredentialData } from "../domain/credential.ts";
import type { CredentialId, OrganisationId } from "../kernel/ids.ts";
import { inBatches } from "./batches.ts";
import { type CredentialJson, credentialOf } from "./connection-rows.ts";
import type { Engine, Tx } from "./database.ts";
import { jsonRows, jsonText } from "./json.ts";
import { newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";
import { type TokenColumns, tokenColumns, tokenShown } from "./token-shown.ts";
import { insertTokens, type SealedTokens } from "./tokens.ts";

/** A credential as it is kept: `data` is what a client may read, `sealed` holds one envelope for each secret field. */
export interface CredentialFields {
  readonly id: CredentialId;
  readonly name: string;
  readonly type: Credential["type"];
  readonly revision: number;
  readonly data: CredentialData;
  readonly sealed: Readonly<Record<string, string>>;
}

/** One that is to be stored for the first time, with the tokens that it brings along; undefined when it brings none. */
export interface NewCredential extends CredentialFields {
  readonly tokens: SealedTokens | undefined;
}

/** The credential with where it is used, and until when the secret before it is good, if it is `now`. Undefined when there is none. */
export async function getCredential(tx: Tx, org: OrganisationId, id: CredentialId, now: Date): Promise<Credential | undefined> {
  const row = await tx.first(sql<CredentialRow & { valid_until: string | null }>`
    select ${sql.raw(columns(tx.engine))}, (
      select p.valid_until
      from credential_predecessors p
      where p.org_id = credentials.org_id and p.credential_id = credentials.id and p.valid_until > ${now.toISOString()}
    ) as valid_until
    from credentials
    where org_id = ${org} and id = ${id}
  `);
  if (!row) return undefined;
  const { valid_until: validUntil, ...rest } = row;
  const overlap = validUntil === null ? {} : { previousValidUntil: validUntil };
  return { ...credentialOf(jsonOf(rest)), usages: usagesOf(rest), ...tokenShown(rest), ...overlap };
}

/** The environments that use it; none when there is no such credential. */
export async function usagesOfCredential(tx: Tx, org: OrganisationId, id: CredentialId): Promise<CredentialUsages> {
  const row = await tx.first(sql<{ usages: string }>`
    select ${sql.raw(usages(tx.engine))} as usages
    from credentials
    where org_id = ${org} and id = ${id}
  `);
  return row ? usagesOf(row) : [];
}

export async function listCredentials(tx: Tx, org: OrganisationId, request: PageRequest): Promise<Page<CredentialSummary>> {
  return readPage(tx, request, {
    from: sql`credentials`,
    columns: sql`${sql.raw(columns(tx.engine))}`,
    where: sql`org_id = ${org}`,
    order: newestFirst,
    noun: (row: CredentialRow) => ({
      id: row.id,
      type: row.type,
      name: row.name,
      authSchemeType: (JSON.parse(row.usages) as UsageJson[]).find((usage) => usage.scheme)?.scheme ?? schemeOfType[row.type],
      usages: usagesOf(row),
      ...(row.errors === null ? {} : { errors: JSON.parse(row.errors) as string[] }),
      ...tokenShown(row),
      updatedAt: row.updated_at,
    }),
  });
}

/** What a credential that is linked nowhere is most likely for. */
const schemeOfType = {
  none: "none",
  string: "api-key",
  binary: "google-service-account",
  "basic-auth": "basic-auth",
  "oauth2-client": "oauth2",
  "oauth2-token": "oauth2",
} as const satisfies Record<Credential["type"], CredentialSummary["authSchemeType"]>;

/** Types by id of those of `ids` that the organisation has, locked until the transaction ends so that none is deleted meanwhile. */
export async function lockCredentials(
  tx: Tx,
  org: OrganisationId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Credential["type"]>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.all(sql<{ id: string; type: Credential["type"] }>`
    select id, type
    from credentials
    where org_id = ${org} and id in (${sql.join([...new Set(ids)].sort())})
    order by id
    ${tx.engine === "postgres" ? sql`for share` : sql``}
  `);
  return new Map(rows.map(({ id, type }) => [id, type]));
}

/** The stored form for a change, locked. Undefined when there is none. */
export async function lockStoredCredential(tx: Tx, org: OrganisationId, id: CredentialId): Promise<CredentialFields | undefined> {
  const row = await tx.first(sql<{
    id: string;
    name: string;
    type: Credential["type"];
    revision: number | string;
    data: string;
    sealed: string;
  }>`
    select id, name, type, revision, data, sealed
    from credentials
    where org_id = ${org} and id = ${id}
    ${tx.engine === "postgres" ? sql`for update` : sql``}
  `);
  return (
    row && {
      id,
      name: row.name,
      type: row.type,
      revision: Number(row.revision),
      data: JSON.parse(row.data) as CredentialData,
      sealed: JSON.parse(row.sealed) as Record<string, string>,
    }
  );
}

export async function insertCredentials(tx: Tx, org: OrganisationId, credentials: readonly NewCredential[], now: Date): Promise<void> {
  const at = now.toISOString();
  const rows = credentials.map(
    ({ id, name, type, revision, data, sealed }) =>
      sql`(${org}, ${id}, ${name}, ${type}, ${revision}, ${JSON.stringify(data)}, ${JSON.stringify(sealed)}, ${at}, ${at})`,
  );
  await inBatches(rows, (batch) =>
    tx.run(sql`
      insert into credentials (org_id, id, name, type, revision, data, sealed, created_at, updated_at)
      values ${sql.join([...batch])}
    `),
  );
  for (const { id, tokens } of credentials) if (tokens) await insertTokens(tx, org, id, tokens);
}

/** Rewrites a credential. What is known of its last use is forgotten with the secret that was used. */
export async function updateCredential(
  tx: Tx,
  org: OrganisationId,
  credential: CredentialFields,
  { now, errors }: { now: Date; errors: "kept" | "forgotten" },
): Promise<void> {
  const { id, name, revision, data, sealed } = credential;
  await tx.run(sql`
    update credentials
    set name = ${name}, revision = ${revision}, data = ${JSON.stringify(data)}, sealed = ${JSON.stringify(sealed)},
      errors = ${errors === "kept" ? sql`errors` : null}, updated_at = ${now.toISOString()}
    where org_id = ${org} and id = ${id}
  `);
}

/** Deletes a credential that nothing uses; throws the engine's foreign key fault otherwise. False when there is none. */
export async function deleteCredential(tx: Tx, org: OrganisationId, id: CredentialId): Promise<boolean> {
  return (await tx.run(sql`delete from credentials where org_id = ${org} and id = ${id}`)) > 0;
}

/** The ids of the connections that would show a change of this credential. */
export async function connectionsUsing(tx: Tx, org: OrganisationId, id: CredentialId): Promise<string[]> {
  const rows = await tx.all(sql<{ connection_id: string }>`
    select e.connection_id
    from environment_credentials ec
    join environments e on e.org_id = ec.org_id and e.id = ec.environment_id
    where ec.org_id = ${org} and (ec.credential_id = ${id} or ec.application_credential_id = ${id})
    union
    select connection_id
    from connection_application_credentials
    where org_id = ${org} and credential_id = ${id}
  `);
  return rows.map((row) => row.connection_id);
}

/** Those of `ids` that serve nowhere within `reach`: the environments given, else the connections. */
export async function credentialsBeyond(
  tx: Tx,
  org: OrganisationId,
  ids: readonly string[],
  reach: { connections?: ReadonlySet<string> | undefined; environments?: ReadonlySet<string> | undefined },
): Promise<string[]> {
  const { connections = new Set(), environments } = reach;
  const within = environments ? sql`e.id in (${sql.join([...environments])})` : sql`e.connection_id in (${sql.join([...connections])})`;
  const rows = await tx.all(sql<{ credential: string; application: string | null }>`
    select ec.credential_id as credential, ec.application_credential_id as application
    from environment_credentials ec
    join environments e on e.org_id = ec.org_id and e.id = ec.environment_id
    where ec.org_id = ${org} and ${within}
  `);
  const serving = new Set(rows.flatMap(({ credential, application }) => [credential, application]));
  return ids.filter((id) => !serving.has(id));
}

/**
 * The names of the environments that any of `ids` serves: linked there, as the application that people sign in through, or named by a
 * config of their connection.
 */
export async function environmentsUsing(tx: Tx, org: OrganisationId, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const listed = sql.join([...ids]);
  const rows = await tx.all(sql<{ name: string }>`
    select e.name
    from environment_credentials ec
    join environments e on e.org_id = ec.org_id and e.id = ec.environment_id
    where ec.org_id = ${org} and (ec.credential_id in (${listed}) or ec.application_credential_id in (${listed}))
    union
    select e.name
    from connection_application_credentials a
    join environments e on e.org_id = a.org_id and e.connection_id = a.connection_id
    where a.org_id = ${org} and a.credential_id in (${listed})
  `);
  return rows.map(({ name }) => name);
}

type CredentialRow = Omit<CredentialJson, "createdAt" | "updatedAt"> &
  TokenColumns & { created_at: string; updated_at: string; usages: string };

const columns = (engine: Engine) =>
  `id, type, name, data, errors, created_at, updated_at, ${usages(engine)} as usages, ${tokenColumns(engine)}`;

const jsonOf = ({ created_at, updated_at, ...row }: CredentialRow): CredentialJson => ({
  ...row,
  createdAt: created_at,
  updatedAt: updated_at,
});

interface UsageJson {
  id: string;
  name: string;
  slug: string;
  createdAt: string;
  updatedAt: string;
  scheme: CredentialSummary["authSchemeType"] | null;
  connectionId: string;
  organisationId: string;
  connectionName: string;
  protocol: "http" | "bigquery";
  connectionCreatedAt: string;
  connectionUpdatedAt: string;
}

function usages(engine: Engine): string {
  const scheme = engine === "postgres" ? "ec.config::json ->> 'schemeType'" : "ec.config ->> 'schemeType'";
  return jsonText(
    engine,
    jsonRows(
      engine,
      {
        id: "e.id",
        name: "e.name",
        slug: "e.slug",
        createdAt: "e.created_at",
        updatedAt: "e.updated_at",
        scheme: `case when ec.credential_id = credentials.id then ${scheme} end`,
        connectionId: "c.id",
        organisationId: "c.org_id",
        connectionName: "c.name",
        protocol: "c.protocol",
        connectionCreatedAt: "c.created_at",
        connectionUpdatedAt: "c.updated_at",
      },
      `environment_credentials ec
        join environments e on e.org_id = ec.org_id and e.id = ec.environment_id
        join connections c on c.org_id = e.org_id and c.id = e.connection_id
        where ec.org_id = credentials.org_id and (ec.credential_id = credentials.id or ec.application_credential_id = credentials.id)`,
      "c.id, e.position, ec.purpose, ec.position",
    ),
  );
}

/** One usage for each environment, however often it links the credential. */
function usagesOf(row: { usages: string }): CredentialUsages {
  const byEnvironment = new Map((JSON.parse(row.usages) as UsageJson[]).map((usage) => [usage.id, usage]));
  return [...byEnvironment.values()].map((usage) => ({
    environment: {
      id: usage.id,
      name: usage.name,
      slug: usage.slug,
      connection: {
        id: usage.connectionId,
        organisationId: usage.organisationId,
        name: usage.connectionName,
        protocol: usage.protocol,
        createdAt: usage.connectionCreatedAt,
        updatedAt: usage.connectionUpdatedAt,
      },
      createdAt: usage.createdAt,
      updatedAt: usage.updatedAt,
    },
  }));
}
