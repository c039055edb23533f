import type { AuthSchemeConfig, ContentError, Credential } from "@mooring/contract";
import { sql } from "kysely";
import type { CredentialData } from "../domain/credential.ts";
import type { TriggerDocument } from "../domain/trigger.ts";
import type { TriggerTarget } from "../domain/trigger-target.ts";
import type { ConnectionId, CredentialId, EnvironmentId, OrganisationId, TriggerId } from "../kernel/ids.ts";
import { calledWay, definitionsOf, reachedDefinitions } from "./called-ways.ts";
import type { Engine, Tx } from "./database.ts";
import { jsonObject, jsonOrNull, jsonRows, jsonText } from "./json.ts";

/** All that taking an event in needs, secrets still sealed. */
export type StoredTriggerTarget = Omit<TriggerTarget, "credentials"> & { readonly credentials: readonly SealedTriggerCredential[] };

export interface SealedTriggerCredential extends SealedSecrets {
  readonly id: string;
  readonly config: AuthSchemeConfig;
  readonly credentialId: CredentialId;
  readonly credentialName: string;
  readonly type: Credential["type"];
  /** The secrets before these, while they may still be good. */
  readonly predecessor: (SealedSecrets & { readonly validUntil: Date }) | undefined;
}

export interface SealedSecrets {
  readonly revision: number;
  readonly data: CredentialData;
  readonly sealed: Readonly<Record<string, string>>;
}

/** Which trigger is meant, and where: the environment by its id or name, the version by its name, `latest` and `default` included. */
export interface TriggerPlace {
  readonly environment: string;
  readonly version: string;
  readonly trigger: string;
}

/**
 * A trigger with every definition that can be reached from it, and the trigger credentials of an environment in order: one statement, and
 * so one committed state. Undefined when the connection has no such environment, version or trigger.
 */
export async function readTriggerTarget(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  { environment, version, trigger }: TriggerPlace,
): Promise<StoredTriggerTarget | undefined> {
  const row = await tx.first(sql<TargetRow>`
    with recursive ${calledWay(org, connectionId, { kind: "trigger", version, name: trigger })},
    place as (
      select org_id, id, name
      from environments
      where org_id = ${org} and connection_id = ${connectionId} and (id = ${environment} or name = ${environment})
      order by case when id = ${environment} then 0 else 1 end
      limit 1
    )
    select called.id, called.name, called.document, called.errors, e.id as "environmentId", e.name as "environmentName",
      ${reachedDefinitions(tx.engine)} as definitions, ${sql.raw(credentialsText[tx.engine])} as credentials
    from called
    cross join place e
  `);
  return row && targetOf(row, org, connectionId);
}

interface TargetRow {
  id: TriggerId;
  name: string;
  document: string;
  errors: string | null;
  environmentId: EnvironmentId;
  environmentName: string;
  definitions: string;
  credentials: string;
}

function targetOf(row: TargetRow, org: OrganisationId, connectionId: ConnectionId): StoredTriggerTarget {
  const { environmentId, environmentName, id, name, document, errors } = row;
  return {
    org,
    connectionId,
    environmentId,
    environmentName,
    trigger: {
      id,
      name,
      document: JSON.parse(document) as TriggerDocument,
      errors: errors === null ? [] : (JSON.parse(errors) as ContentError[]),
    },
    definitions: definitionsOf(row.definitions),
    credentials: (JSON.parse(row.credentials) as CredentialJson[]).map(({ config, predecessor, ...rest }) => ({
      ...rest,
      ...secretsOf(rest),
      config: JSON.parse(config) as AuthSchemeConfig,
      predecessor: predecessor ? { ...secretsOf(predecessor), validUntil: new Date(predecessor.validUntil) } : undefined,
    })),
  };
}

/** As they come out of the database. */
type SecretsJson = Pick<SealedSecrets, "revision"> & { readonly data: string; readonly sealed: string };
type CredentialJson = Omit<SealedTriggerCredential, "config" | "predecessor" | keyof SealedSecrets> &
  SecretsJson & { readonly config: string; readonly predecessor: (SecretsJson & { readonly validUntil: string }) | null };

const secretsOf = ({ revision, data, sealed }: SecretsJson): SealedSecrets => ({
  revision,
  data: JSON.parse(data),
  sealed: JSON.parse(sealed),
});

const predecessorMembers = { revision: "p.revision", data: "p.data", sealed: "p.sealed", validUntil: "p.valid_until" };

const credentialsFor = (engine: Engine) =>
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
        predecessor: jsonOrNull(engine, "p.credential_id", jsonObject(engine, predecessorMembers)),
      },
      `environment_credentials ec
        join credentials k on k.org_id = ec.org_id and k.id = ec.credential_id
        left join credential_predecessors p on p.org_id = k.org_id and p.credential_id = k.id
        where ec.org_id = e.org_id and ec.environment_id = e.id and ec.purpose = 'trigger'`,
      "ec.position",
    ),
  );

const credentialsText: Record<Engine, string> = { sqlite: credentialsFor("sqlite"), postgres: credentialsFor("postgres") };
