import { isError } from "../domain/content-error.ts";
import type { WayKind } from "../domain/way.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ConnectionId, DefinitionId, VersionId } from "../kernel/ids.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { definitionHeads, definitionsState } from "../store/definitions.ts";
import { getVersion } from "../store/versions.ts";
import type { Call, ControlDeps } from "./change.ts";
import type { Content } from "./content.ts";
import { Moved } from "./moved.ts";
import { definitionsOf, inTurnOfVersions } from "./version-content.ts";
import { faultyWays } from "./way-checks.ts";

/** What is wrong with the schemas of a draft once they are seen together, and of which state of them that is true. */
export interface CheckedSchemas {
  readonly state: string;
  readonly faults: readonly Fault[];
}

/**
 * Has every schema of a draft checked again, with what it refers to: what a reference points to may be gone since. Undefined where there
 * is no such draft. It takes a worker some time, so nothing is held meanwhile.
 */
export async function checkSchemas(
  { db, sandbox }: PublicationDeps,
  { actor: { org } }: Call,
  connectionId: ConnectionId,
  name: string,
): Promise<CheckedSchemas | undefined> {
  const version = await db.read(org, (tx) => getVersion(tx, org, connectionId, name));
  if (version?.publishedAt !== null) return undefined;
  const id = version.id as VersionId;
  const [state, definitions] = await inTurnOfVersions(org, () =>
    db.read(org, async (tx) => [await definitionsState(tx, org, id), await definitionsOf(tx, org, id)] as const),
  );
  // By their ids, as they refer to each other where they are stored.
  const schemas = [...definitions.values()].map((one) => ({
    id: one.id,
    name: one.id,
    contentType: one.contentType,
    content: one.content,
  }));
  const checked =
    schemas.length === 0 ? [] : await sandbox.checkSchemas(org, { schemas, known: [], urlPrefix: "mooring:", linksOnly: true });
  const faults = checked.flatMap(({ faults: found }, at) => {
    const { name: called = "" } = definitions.get(schemas[at]?.id as DefinitionId) ?? {};
    return found.map(({ pointer, message }) => ({ field: `definitions[${called}]${pointer}`, message }));
  });
  return { state, faults };
}

export interface PublicationDeps extends ControlDeps {
  readonly sandbox: Pick<Sandbox, "checkSchemas">;
}

/**
 * Throws `Problem` version_incomplete with everything that keeps the version from being published, each fault with its place, as in
 * `actions[listUsers]/responses/0/definitions/0`. The connection must be held, so that nothing changes after it was checked. Throws
 * `Moved` when its schemas are not those that were `checked`.
 */
export async function requirePublishable(content: Content, checked: CheckedSchemas | undefined): Promise<void> {
  const { tx, org, version } = content;
  if (checked?.state !== (await definitionsState(tx, org, version.id))) throw new Moved();
  const faults = [
    ...(await definitionFaults(content, checked.faults)),
    ...(await wayFaults(content, "action")),
    ...(await wayFaults(content, "trigger")),
  ];
  if (faults.length === 0) return;
  throw new Problem("version_incomplete", {
    fields: faults.slice(0, faultsMax),
    ...(faults.length > faultsMax ? { message: `There are ${faults.length} faults; the first ${faultsMax} are listed in fields.` } : {}),
  });
}

// More would be a page of megabytes that nobody reads to its end.
const faultsMax = 2_000;

/** Those that are kept on the definitions, and those of `schemaFaults` at places of which nothing is kept. */
async function definitionFaults({ tx, org, version }: Content, schemaFaults: readonly Fault[]): Promise<Fault[]> {
  const heads = await definitionHeads(tx, org, version.id);
  const kept = heads.flatMap(({ name, errors }) =>
    errors.filter(isError).map(({ field, message }) => ({ field: `definitions[${name}]${field}`, message })),
  );
  const places = new Set(kept.map(({ field }) => field));
  return [...kept, ...schemaFaults.filter(({ field }) => !places.has(field))];
}

async function wayFaults(content: Content, kind: WayKind): Promise<Fault[]> {
  const faulty = await faultyWays(content, kind);
  return faulty.flatMap(({ name, errors }) => errors.map(({ field, message }) => ({ field: `${kind}s[${name}]${field}`, message })));
}
