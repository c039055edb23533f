import type { AuthSchemeConfig, Credential, EnvironmentVariable } from "@mooring/contract";
import { sql } from "kysely";
import type { CredentialData } from "../domain/credential.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import type { ConnectionId, CredentialId, EnvironmentId, OrganisationId } from "../kernel/ids.ts";
import type { Engine, Tx } from "./database.ts";
import { jsonObject, jsonOrNull, jsonRows, jsonText } from "./json.ts";
import { databaseNow, type StoredToken, type TokenRow, tokenMembers, tokenOf } from "./tokens.ts";

/** What the gateway needs of one environment, secrets still sealed. */
export type StoredSnapshot = Omit<EnvironmentSnapshot, "credentials"> & {
  readonly credentials: readonly SnapshotCredential[];
  /** The database's clock when it was read. */
  readonly nowMs: number;
};

export interface SnapshotCredential {
  readonly id: string;
  readonly config: AuthSchemeConfig;
  readonly credentialId: CredentialId;
  readonly credentialName: string;
  readonly type: Credential["type"];
  readonly revision: number;
  readonly data: CredentialData;
  readonly sealed: Readonly<Record<string, string>>;
  /** Undefined before the first, and for a credential that has none. */
  readonly token: StoredToken | undefined;
}

/** One environment by its id or name, with its action credentials in order, as one committed state. Undefined when there is none. */
export async function readSnapshot(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  environment: string,
): Promise<StoredSnapshot | undefined> {
  const row = await tx.first(sql<SnapshotRow>`
    select c.name as "connectionName", c.protocol, c.base_url as "baseUrl", c.dataset_id as "datasetId", e.id, e.name, e.variables, e.retries,
      ${sql.raw(credentialsText[tx.engine])} as credentials, ${sql.raw(databaseNow[tx.engine])} as "nowMs"
    from environments e
    join connections c on c.org_id = e.org_id and c.id = e.connection_id
    where e.org_id = ${org} and e.connection_id = ${connectionId} and (e.id = ${environment} or e.name = ${environment})
    order by case when e.id = ${environment} then 0 else 1 end
    limit 1
  `);
  if (!row) return undefined;
  const variables = JSON.parse(row.variables) as EnvironmentVariable[];
  const nowMs = Number(row.nowMs);
  return {
    nowMs,
    org,
    connectionId,
    connectionName: row.connectionName,
    environmentId: row.id,
    environmentName: row.name,
    protocol: row.protocol,
    baseUrl: row.baseUrl ?? "",
    ...(row.datasetId === null ? {} : { datasetId: row.datasetId }),
    variables: new Map(variables.map(({ name, value }) => [name, value])),
    ...(row.retries === null ? {} : { retries: row.retries }),
    credentials: (JSON.parse(row.credentials) as CredentialRow[]).map((credential) => ({
      ...credential,
      config: JSON.parse(credential.config),
      data: JSON.parse(credential.data),
      sealed: JSON.parse(credential.sealed),
      token: credential.token ? tokenOf(credential.token, nowMs) : undefined,
    })),
  };
}

interface SnapshotRow {
  connectionName: string;
  protocol: "http" | "bigquery";
  baseUrl: string | null;
  datasetId: string | null;
  id: EnvironmentId;
  name: string;
  variables: string;
  retries: number | null;
  credentials: string;
  nowMs: number | string;
}

type CredentialRow = Omit<SnapshotCredential, "config" | "data" | "sealed" | "token"> & {
  config: string;
  data: string;
  sealed: string;
  token: TokenRow | null;
};

const textFor = (engine: Engine) =>
  jsonText(
    engine,
    jsonRows(
      engine,
      {
        id: "ec.id",
        config: "ec.config",
        credentialId: "k.id",
        credentialName: "k.name",
        type: "k.type",
        revision: "k.revision",
        data: "k.data",
        sealed: "k.sealed",
        token: jsonOrNull(engine, "t.credential_id", jsonObject(engine, tokenMembers("t"))),
      },
      `environment_credentials ec
        join credentials k on k.org_id = ec.org_id and k.id = ec.credential_id
        left join credential_tokens t on t.org_id = k.org_id and t.credential_id = k.id
        where ec.org_id = e.org_id and ec.environment_id = e.id and ec.purpose = 'action'`,
      "ec.position",
    ),
  );

const credentialsText: Record<Engine, string> = { sqlite: textFor("sqlite"), postgres: textFor("postgres") };
