import type { Environment, EnvironmentSummary, EnvironmentVariable } from "@mooring/contract";
import { sql } from "kysely";
import type { ConnectionId, CredentialId, EnvironmentId, OrganisationId } from "../kernel/ids.ts";
import { isUlid } from "../kernel/ids.ts";
import { inBatches } from "./batches.ts";
import { type EnvironmentJson, environmentJson, environmentOf, type StoredConfig } from "./connection-rows.ts";
import { applicationOf } from "./connections.ts";
import type { Tx } from "./database.ts";
import { jsonText } from "./json.ts";
import { newestFirst, type Page, type PageRequest, readPage } from "./pages.ts";

/** The environment by its id or its name, or undefined. */
export async function getEnvironment(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  idOrName: string,
): Promise<Environment | undefined> {
  const row = await tx.first(sql<{ environment: string }>`
    select ${sql.raw(jsonText(tx.engine, environmentJson(tx.engine)))} as environment
    from environments e
    where e.org_id = ${org} and e.connection_id = ${connectionId} and ${isNamed(idOrName)}
    order by case when e.id = ${idOrName} then 0 else 1 end
    limit 1
  `);
  return row && environmentOf(JSON.parse(row.environment) as EnvironmentJson);
}

/** The id of the environment with this id or name, or undefined. */
export async function findEnvironment(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  idOrName: string,
): Promise<EnvironmentId | undefined> {
  const row = await tx.first(sql<{ id: EnvironmentId }>`
    select e.id
    from environments e
    where e.org_id = ${org} and e.connection_id = ${connectionId} and ${isNamed(idOrName)}
    order by case when e.id = ${idOrName} then 0 else 1 end
    limit 1
  `);
  return row?.id;
}

// A name may look like another environment's id: the id goes first.
const isNamed = (idOrName: string) => (isUlid(idOrName) ? sql`(e.id = ${idOrName} or e.name = ${idOrName})` : sql`e.name = ${idOrName}`);

export async function listEnvironments(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  request: PageRequest & { ids?: readonly string[] },
): Promise<Page<EnvironmentSummary>> {
  const ofKey = request.ids === undefined ? sql`` : sql`and id in (${sql.join([...request.ids, ""])})`;
  return readPage(tx, request, {
    from: sql`environments`,
    columns: sql`id, name, slug, created_at, updated_at`,
    where: sql`org_id = ${org} and connection_id = ${connectionId} ${ofKey}`,
    order: newestFirst,
    noun: (row: { id: string; name: string; slug: string; created_at: string; updated_at: string }) => ({
      id: row.id,
      name: row.name,
      slug: row.slug,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }),
  });
}

/** The ids of the connections that these environments are in; [] when none of them is there. */
export async function connectionsOf(tx: Tx, org: OrganisationId, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.all(sql<{ id: string }>`
    select distinct connection_id as id
    from environments
    where org_id = ${org} and id in (${sql.join([...ids, ""])})
  `);
  return rows.map(({ id }) => id);
}

/** An environment's own row; its credentials are rows of their own. */
export interface EnvironmentFields {
  readonly id: EnvironmentId;
  readonly name: string;
  readonly slug: string;
  readonly position: number;
  readonly variables: readonly EnvironmentVariable[];
  /** Undefined when it was never set. */
  readonly retries: number | undefined;
}

/** Throws the engine's uniqueness fault when a name is taken; see `takenName`. */
export async function insertEnvironments(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  environments: readonly EnvironmentFields[],
  now: Date,
): Promise<void> {
  if (environments.length === 0) return;
  const at = now.toISOString();
  const rows = environments.map(
    ({ id, name, slug, position, variables, retries = null }) =>
      sql`(${org}, ${id}, ${connectionId}, ${name}, ${slug}, ${position}, ${JSON.stringify(variables)}, ${retries}, ${at}, ${at})`,
  );
  await tx.run(sql`
    insert into environments (org_id, id, connection_id, name, slug, position, variables, retries, created_at, updated_at)
    values ${sql.join(rows)}
  `);
}

/** Rewrites one environment's own row. */
export async function updateEnvironment(tx: Tx, org: OrganisationId, environment: EnvironmentFields, now: Date): Promise<void> {
  const { id, name, slug, position, variables, retries = null } = environment;
  await tx.run(sql`
    update environments
    set name = ${name}, slug = ${slug}, position = ${position}, variables = ${JSON.stringify(variables)},
      retries = ${retries}, updated_at = ${now.toISOString()}
    where org_id = ${org} and id = ${id}
  `);
}

/** Moves an environment in its connection's order, which is not a change of the environment itself. */
export async function moveEnvironment(tx: Tx, org: OrganisationId, id: EnvironmentId, position: number): Promise<void> {
  await tx.run(sql`update environments set position = ${position} where org_id = ${org} and id = ${id}`);
}

/** Moves up everything behind `position`, which just became free, so that positions stay the places in the order. */
export async function closeGap(tx: Tx, org: OrganisationId, connectionId: ConnectionId, position: number): Promise<void> {
  await tx.run(sql`
    update environments
    set position = position - 1
    where org_id = ${org} and connection_id = ${connectionId} and position > ${position}
  `);
}

/** Gives environments names nobody else has, so that a request may swap names although uniqueness is checked row by row. */
export async function parkNames(tx: Tx, org: OrganisationId, ids: readonly EnvironmentId[]): Promise<void> {
  if (ids.length === 0) return;
  // A name cannot hold a control character, so this one is free.
  await tx.run(sql`update environments set name = ${"\u0001"} || id where org_id = ${org} and id in (${sql.join([...ids])})`);
}

export async function deleteEnvironments(tx: Tx, org: OrganisationId, ids: readonly EnvironmentId[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.run(sql`delete from environments where org_id = ${org} and id in (${sql.join([...ids])})`);
}

/** One credential in its place: how it proves identity in one environment. */
export interface LinkFields {
  readonly id: string;
  readonly environmentId: EnvironmentId;
  readonly purpose: "action" | "trigger";
  readonly position: number;
  readonly config: StoredConfig;
  readonly credentialId: CredentialId;
}

/** Links credentials to environments. The foreign keys hold the organisation, so only its own credentials can be linked (T-2). */
export async function insertLinks(tx: Tx, org: OrganisationId, links: readonly LinkFields[]): Promise<void> {
  const rows = links.map(
    ({ id, environmentId, purpose, position, config, credentialId }) => sql`(
      ${org}, ${id}, ${environmentId}, ${purpose}, ${position}, ${JSON.stringify(config)}, ${credentialId}, ${applicationOf(config) ?? null}
    )`,
  );
  await inBatches(rows, (batch) =>
    tx.run(sql`
      insert into environment_credentials (org_id, id, environment_id, purpose, position, config, credential_id, application_credential_id)
      values ${sql.join([...batch])}
    `),
  );
}

/** Changes a link's place and config; which credential it is never changes. */
export async function updateLink(
  tx: Tx,
  org: OrganisationId,
  { id, position, config }: Pick<LinkFields, "id" | "position" | "config">,
): Promise<void> {
  await tx.run(sql`
    update environment_credentials
    set position = ${position}, config = ${JSON.stringify(config)}, application_credential_id = ${applicationOf(config) ?? null}
    where org_id = ${org} and id = ${id}
  `);
}

export async function deleteLinks(tx: Tx, org: OrganisationId, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.run(sql`delete from environment_credentials where org_id = ${org} and id in (${sql.join([...ids])})`);
}
