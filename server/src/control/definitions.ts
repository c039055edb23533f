import type { Definition, Definitions, DefinitionsCreate, DefinitionUpdate, QueryOf } from "@mooring/contract";
import { definitionsMax, type StoredDefinition } from "../domain/definition.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ConnectionId, DefinitionId } from "../kernel/ids.ts";
import { insertUses, replaceUses } from "../store/definition-uses.ts";
import * as store from "../store/definitions.ts";
import type { Page } from "../store/pages.ts";
import { type Call, requireMatch } from "./change.ts";
import { type Draft, readContent } from "./content.ts";
import { type DefinitionState, existingDefinition, shownAlone, shownDefinitions } from "./definition-reads.ts";
import { type CheckedSchema, changeWithSchemas, type DefinitionDeps } from "./definition-schemas.ts";
import { definitionsChanged } from "./definition-users.ts";
import { differences } from "./differences.ts";

/** A page of a version's definitions, each with what refers to it. */
export async function list(
  deps: DefinitionDeps,
  call: Call,
  connectionId: ConnectionId,
  version: string,
  query: QueryOf<"GetDefinitions">,
): Promise<Page<Definition>> {
  return readContent(deps, call, connectionId, version, async (content) => {
    const page = await store.listDefinitions(content.tx, content.org, content.version.id, query);
    return { ...page, items: await shownDefinitions(deps, content, page.items) };
  });
}

/** The definition of that name, with what refers to it. Throws `Problem` not_found. */
export async function get(
  deps: DefinitionDeps,
  call: Call,
  connectionId: ConnectionId,
  version: string,
  name: string,
): Promise<DefinitionState> {
  return readContent(deps, call, connectionId, version, async (content) =>
    shownAlone(deps, content, await existingDefinition(content, name)),
  );
}

/**
 * Adds definitions, which may refer to each other: all of them or none. Throws `Problem` invalid_request with every fault, and name_taken
 * with every name that is.
 */
export async function create(
  deps: DefinitionDeps,
  call: Call,
  connectionId: ConnectionId,
  version: string,
  { definitions: given }: DefinitionsCreate,
): Promise<Definitions> {
  const fresh = given.map((one, index) => ({ ...one, id: deps.newId<DefinitionId>(), field: `definitions[${index}]` }));
  return changeWithSchemas(deps, call, { connectionId, version }, fresh, async (draft, checked) => {
    const { tx, org, now, recorder } = draft;
    requireValid([...repeatedNames(fresh), ...fresh.flatMap(longAccept), ...checked.flatMap(({ faults }) => faults)]);
    await requireFreeNames(draft, fresh);
    await requireRoom(draft, fresh.length);
    const stored = fresh.map((one, index) => storedOf(one.id, one, checked[index] as CheckedSchema));
    await store.insertDefinitions(tx, org, draft.version.id, stored, now);
    const uses = checked.flatMap(({ id, uses }) =>
      uses.map((definitionId) => ({ definitionId, user: { type: "definition", id } as const })),
    );
    await insertUses(tx, org, draft.version.id, uses);
    await definitionsChanged(draft, { named: stored, changed: [] });
    for (const { id, name } of stored) recorder.audit({ operation: "definition.created", subject: { type: "definition", id, name } });
    return { definitions: await shownDefinitions(deps, draft, stored) };
  });
}

/**
 * Changes a definition; what refers to it goes on doing so, also under a new name. Without a schema its own stays. Throws `Problem`
 * not_found, invalid_request, name_taken, precondition_failed.
 */
export async function update(
  deps: DefinitionDeps,
  call: Call,
  connectionId: ConnectionId,
  version: string,
  name: string,
  given: DefinitionUpdate,
): Promise<DefinitionState> {
  const { schema } = given;
  const sent = schema ? [{ id: given.id as DefinitionId, name: given.name, schema, field: "" }] : [];
  return changeWithSchemas(deps, call, { connectionId, version }, sent, async (draft, [checked]) => {
    const { tx, org, now, recorder } = draft;
    const before = await existingDefinition(draft, name);
    const shownBefore = await shownAlone(deps, draft, before);
    requireMatch(call, shownBefore.state);
    requireValid([...(given.id === before.id ? [] : [otherId]), ...longAccept({ ...given, field: "" }), ...(checked?.faults ?? [])]);
    if (given.name !== before.name) await requireFreeNames(draft, [{ name: given.name, field: "" }]);
    const after = storedOf(before.id, given, checked ?? before);
    const changes = differences(before, after);
    if (changes.length === 0) return shownBefore;
    await store.updateDefinition(tx, org, draft.version.id, after, now);
    if (checked) await replaceUses(tx, org, draft.version.id, { type: "definition", id: after.id }, checked.uses);
    await definitionsChanged(draft, { named: given.name === before.name ? [] : [after], changed: [after.id] });
    recorder.audit({ operation: "definition.updated", subject: { type: "definition", id: after.id, name: after.name }, changes });
    return shownAlone(deps, draft, after);
  });
}

const otherId = { field: "id", message: "Must be the definition in the path." };

/** Each action that uses the definition is answered with it, so that this must not be as long as fifty media types can be (L-2). */
function longAccept({ accept, field }: { readonly accept: readonly string[]; readonly field: string }): Fault[] {
  const characters = accept.reduce((sum, type) => sum + type.length, 0);
  if (characters <= acceptMax) return [];
  const message = `These have at most ${acceptMax.toLocaleString("en")} characters together.`;
  return [{ field: field === "" ? "accept" : `${field}.accept`, message }];
}

const acceptMax = 2_000;

/** A definition as it is kept, with a schema that was checked now, or the one it has. */
function storedOf(
  id: DefinitionId,
  { name, accept, description }: Pick<DefinitionUpdate, "name" | "accept" | "description">,
  schema: Pick<StoredDefinition, "contentType" | "content"> & { errors?: StoredDefinition["errors"] },
): StoredDefinition {
  const { contentType, content, errors = [] } = schema;
  return { id, name, accept, ...(description === undefined ? {} : { description }), contentType, content, errors };
}

interface Named {
  readonly name: string;
  /** The definition's place in the body; empty where it is the body. */
  readonly field: string;
}

const nameField = ({ field }: Named) => (field === "" ? "name" : `${field}.name`);

function repeatedNames(all: readonly Named[]): Fault[] {
  const seen = new Set<string>();
  return all.flatMap((one) => {
    const isRepeated = seen.has(one.name);
    seen.add(one.name);
    return isRepeated ? [{ field: nameField(one), message: "Another definition of this request has this name." }] : [];
  });
}

function requireValid(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults.slice(0, faultsMax) });
}

const faultsMax = 200;

// Changes of a version's content wait for each other, so a name that is free now is free until this one is done.
async function requireFreeNames({ tx, org, version }: Draft, wanted: readonly Named[]): Promise<void> {
  const taken = await store.headsByNames(
    tx,
    org,
    version.id,
    wanted.map(({ name }) => name),
  );
  if (taken.size === 0) return;
  const fields = wanted
    .filter(({ name }) => taken.has(name))
    .map((one) => ({ field: nameField(one), message: "Another definition of the version has this name." }));
  throw new Problem("name_taken", { fields: fields.slice(0, faultsMax) });
}

/** Throws `Problem` invalid_request when the version would have too many definitions. */
export async function requireRoom({ tx, org, version }: Draft, more: number): Promise<void> {
  if ((await store.countDefinitions(tx, org, version.id)) + more <= definitionsMax) return;
  requireValid([{ field: "definitions", message: `A version holds at most ${definitionsMax.toLocaleString("en")} definitions.` }]);
}
