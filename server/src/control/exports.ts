import type { HTTPConnection } from "@mooring/contract";
import type { WayKind, Ways } from "../domain/way.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId, OrganisationId, VersionId } from "../kernel/ids.ts";
import {
  type ExportedAction,
  type ExportedTrigger,
  type ExportedVersion,
  type ExportLoads,
  exportOpenApi,
} from "../protocols/http/openapi/export.ts";
import { getConnection } from "../store/connections.ts";
import type { Tx } from "../store/database.ts";
import { definitionHeads, definitionsByIds } from "../store/definitions.ts";
import { getVersion } from "../store/versions.ts";
import { waysAfter, waysByIds } from "../store/ways.ts";
import type { Call, ControlDeps } from "./change.ts";
import { inOnes } from "./import-answer.ts";
import { requireConnection } from "./rights.ts";

/**
 * A version as an OpenAPI 3.1 document, in pieces of its text. Throws `Problem` not_found, and invalid_request for a connection that
 * speaks no HTTP. Of a draft that changes meanwhile, what is gone is left out.
 */
export async function openApi(
  { db }: Pick<ControlDeps, "db">,
  { actor }: Call,
  connectionId: ConnectionId,
  name: string,
): Promise<AsyncIterable<string>> {
  requireConnection(actor, connectionId);
  const { org } = actor;
  const { id, exported } = await db.read(org, (tx) => describe(tx, org, connectionId, name));
  const loads: ExportLoads = {
    actions: (ids) => db.read(org, (tx) => waysByIds(tx, org, id, "action", ids)),
    triggers: (ids) => db.read(org, (tx) => waysByIds(tx, org, id, "trigger", ids)),
    definitions: async (ids) => (await db.read(org, (tx) => definitionsByIds(tx, org, id, ids))).values(),
  };
  return inOnes(exportOpenApi(exported, loads));
}

async function describe(
  tx: Tx,
  org: OrganisationId,
  connectionId: ConnectionId,
  name: string,
): Promise<{ id: VersionId; exported: ExportedVersion }> {
  const connection = await getConnection(tx, org, connectionId);
  const version = connection && (await getVersion(tx, org, connectionId, name));
  if (!version) throw new Problem("not_found");
  if (connection.protocol !== "http") throw new Problem("invalid_request", { message: "Only HTTP connections have an OpenAPI document." });
  const id = version.id as VersionId;
  const definitions = await definitionHeads(tx, org, id);
  return {
    id,
    exported: {
      ...aboutOf(connection),
      version: version.name,
      description: version.description,
      actions: newestFirst(await everyAction(tx, org, id)),
      triggers: newestFirst(await everyTrigger(tx, org, id)),
      definitions: newestFirst(definitions),
    },
  };
}

const aboutOf = ({ name, baseUrl, environmentVariables, authSchemeConfigs }: HTTPConnection) => ({
  name,
  baseUrl,
  environmentVariables,
  authSchemeConfigs,
});

async function everyAction(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<ExportedAction[]> {
  const actions: ExportedAction[] = [];
  for await (const { id, name, document } of every(tx, org, versionId, "action")) {
    if (document.type === "http") actions.push({ id, name, method: document.method, path: document.path });
  }
  return actions;
}

async function everyTrigger(tx: Tx, org: OrganisationId, versionId: VersionId): Promise<ExportedTrigger[]> {
  const triggers: ExportedTrigger[] = [];
  for await (const { id, name } of every(tx, org, versionId, "trigger")) triggers.push({ id, name });
  return triggers;
}

async function* every<Kind extends WayKind>(tx: Tx, org: OrganisationId, versionId: VersionId, kind: Kind): AsyncGenerator<Ways[Kind]> {
  for (let after: Ways[Kind]["id"] | undefined; ; ) {
    const portion = await waysAfter(tx, org, versionId, kind, { after, count: waysAtOnce });
    yield* portion;
    after = portion.at(-1)?.id;
    if (portion.length < waysAtOnce) return;
  }
}

const waysAtOnce = 100;

/** An import gives ids backwards, so that this is the order of its file. */
const newestFirst = <Row extends { readonly id: string }>(rows: readonly Row[]): Row[] =>
  [...rows].sort((one, other) => (one.id < other.id ? 1 : -1));
