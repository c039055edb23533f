import type { AuthSchemeConfig, ContentError, Credential } from "@mooring/contract";
import { sql } from "kysely";
import type { CredentialData } from "../domain/credential.ts";
import type { CalledDefinition } from "../domain/definition.ts";
import type { TriggerDocument } from "../domain/trigger.ts";
import type { TriggerTarget } from "../domain/trigger-target.ts";
import type { ConnectionId, CredentialId, EnvironmentId, OrganisationId, TriggerId } from "../kernel/ids.ts";
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
  const isReserved = version === "latest" || version === "default";
  const row = await tx.first(sql<TargetRow>`
    with recursive
    chosen as (
      select id
      from versions
      where org_id = ${org} and connection_id = ${connectionId} and ${isReserved ? sql`published_at is not null` : sql`name = ${version}`}
      order by ${version === "default" ? sql`is_default desc,` : sql``} published_at desc, id desc
      limit 1
    ),
    called as (
      select t.org_id, t.version_id, t.id, t.name, t.document, t.errors
      from triggers t
      join chosen c on c.id = t.version_id
      where t.org_id = ${org} and t.name = ${trigger}
    ),
    place as (
      select org_id, id, name
      from environments
      where org_id = ${org} and connection_id = ${connectionId} and (id = ${environment} or name = ${environment})
      order by case when id = ${environment} then 0 else 1 end
      limit 1
    ),
    reached (version_id, id) as (
      select u.version_id, u.definition_id
      from definition_uses u
      join called t on t.version_id = u.version_id and t.id = u.user_id
      where u.org_id = ${org} and u.user_type = 'trigger'
      union
      select u.version_id, u.definition_id
      from definition_uses u
      join reached r on r.version_id = u.version_id and r.id = u.user_id
      where u.org_id = ${org} and u.user_type = 'definition'
    )
    select called.id, called.name, called.document, called.errors, e.id as "environmentId", e.name as "environmentName",
      ${sql.raw(definitionsText[tx.engine])} as definitions, ${sql.raw(credentialsText[tx.engine])} as credentials
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
    definitions: (JSON.parse(row.definitions) as DefinitionJson[]).map(({ accept, ...rest }) => ({ ...rest, accept: JSON.parse(accept) })),
    credentials: (JSON.parse(row.credentials) as CredentialJson[]).map(({ config, predecessor, ...rest }) => ({
      ...rest,
      ...secretsOf(rest),
      config: JSON.parse(config) as AuthSchemeConfig,
      predecessor: predecessor ? { ...secretsOf(predecessor), validUntil: new Date(predecessor.validUntil) } : undefined,
    })),
  };
}

/** As they come out of the database. */
type DefinitionJson = Omit<CalledDefinition, "accept"> & { readonly accept: string };
type SecretsJson = Pick<SealedSecrets, "revision"> & { readonly data: string; readonly sealed: string };
type CredentialJson = Omit<SealedTriggerCredential, "config" | "predecessor" | keyof SealedSecrets> &
  SecretsJson & { readonly config: string; readonly predecessor: (SecretsJson & { readonly validUntil: string }) | null };

const secretsOf = ({ revision, data, sealed }: SecretsJson): SealedSecrets => ({
  revision,
  data: JSON.parse(data),
  sealed: JSON.parse(sealed),
});

const definitionsFor = (engine: Engine) =>
  jsonText(
    engine,
    jsonRows(
      engine,
      { id: "d.id", name: "d.name", accept: "d.accept", contentType: "d.content_type", content: "d.content" },
      `reached r
        join definitions d on d.version_id = r.version_id and d.id = r.id
        where d.org_id = called.org_id`,
      "d.id",
    ),
  );

const definitionsText: Record<Engine, string> = { sqlite: definitionsFor("sqlite"), postgres: definitionsFor("postgres") };

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
