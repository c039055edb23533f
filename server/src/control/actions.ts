import { isDeepStrictEqual } from "node:util";
import type { Action, ActionCreate, ActionUpdate, ContentError, QueryOf } from "@mooring/contract";
import { actionsMax, type StoredAction } from "../domain/action.ts";
import { actionFaults } from "../domain/action-faults.ts";
import { usesOf } from "../domain/action-links.ts";
import { schemasUrl, shownDefinition } from "../domain/definition.ts";
import { shownAction } from "../domain/shown-action.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ActionId, ConnectionId } from "../kernel/ids.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import * as store from "../store/actions.ts";
import { protocolOf } from "../store/connections.ts";
import { deleteUses, replaceUses } from "../store/definition-uses.ts";
import { headsByIds } from "../store/definitions.ts";
import { isTaken } from "../store/faults.ts";
import type { Page } from "../store/pages.ts";
import { type Linked, linked } from "./action-links.ts";
import { type Call, type ControlDeps, requireMatch } from "./change.ts";
import { type Content, changeDraft, type Draft, readContent } from "./content.ts";
import { differences } from "./differences.ts";
import { compiledSchemaFaults } from "./parameter-schemas.ts";
import { requireWholeConnection } from "./rights.ts";

export interface ActionDeps extends ControlDeps {
  /** Where the addresses of schemas begin. */
  readonly publicUrl: URL;
  readonly sandbox: Pick<Sandbox, "checkSchemas">;
}

/** The version that an action is of. */
export interface Version {
  readonly connectionId: ConnectionId;
  /** May be `latest` or `default`. */
  readonly version: string;
}

/** A page of a version's actions, with `name` of those whose name contains it. */
export async function list(
  deps: ActionDeps,
  call: Call,
  { connectionId, version }: Version,
  query: QueryOf<"GetActions">,
): Promise<Page<Action>> {
  return readContent(deps, call, connectionId, version, async (content) => {
    const { items, ...page } = await store.listActions(content.tx, content.org, content.version.id, query);
    return { ...page, items: await shown(deps, content, items) };
  });
}

/** The action of that name. Throws `Problem` not_found. */
export async function get(deps: ActionDeps, call: Call, { connectionId, version }: Version, name: string): Promise<Action> {
  return readContent(deps, call, connectionId, version, async (content) => shownOne(deps, content, await existing(content, name)));
}

/** Adds an action to a draft; what is wrong with it is kept in its `errors`. Throws `Problem` name_taken, or version_published. */
export async function create(deps: ActionDeps, call: Call, { connectionId, version }: Version, given: ActionCreate): Promise<Action> {
  const schemaFaults = await faultsOfSchemas(deps, call, connectionId, given);
  return changeDraft(deps, call, connectionId, version, async (draft) => {
    const { tx, org, now, recorder } = draft;
    await requireProtocol(draft, connectionId, given.type);
    await requireRoom(draft);
    const action = storedAction(deps.newId<ActionId>(), given, await linked(draft, given), schemaFaults);
    await unlessTaken(store.insertActions(tx, org, draft.version.id, [action], now));
    await keepUses(draft, action);
    recorder.audit({ operation: "action.created", subject: subjectOf(action) });
    return shownOne(deps, draft, action);
  });
}

/**
 * Replaces an action of a draft. What was read and is sent back as it was changes nothing; anything else drops links that lead nowhere,
 * because they are not shown. Throws `Problem` invalid_request when id or type would change, name_taken, or version_published.
 */
export async function update(
  deps: ActionDeps,
  call: Call,
  { connectionId, version }: Version,
  name: string,
  given: ActionUpdate,
): Promise<Action> {
  const schemaFaults = await faultsOfSchemas(deps, call, connectionId, given);
  return changeDraft(deps, call, connectionId, version, async (draft) => {
    const { tx, org, now, recorder } = draft;
    const stored = await existing(draft, name);
    const before = await shownOne(deps, draft, stored);
    requireMatch(call, before);
    requireSameAction(stored, given);
    if (isDeepStrictEqual(given, before)) return before;
    const action = storedAction(stored.id, given, await linked(draft, given), schemaFaults);
    if (isDeepStrictEqual(action, stored)) return before;

    await unlessTaken(store.updateAction(tx, org, draft.version.id, action, now));
    await keepUses(draft, action);
    const after = await shownOne(deps, draft, action);
    recorder.audit({ operation: "action.updated", subject: subjectOf(action), changes: differences(before, after) });
    return after;
  });
}

/** Deletes an action of a draft; the definitions it used stay. Throws `Problem` not_found, or version_published. */
export async function remove(deps: ActionDeps, call: Call, { connectionId, version }: Version, name: string): Promise<void> {
  await changeDraft(deps, call, connectionId, version, async (draft) => {
    const stored = await existing(draft, name);
    requireMatch(call, await shownOne(deps, draft, stored));
    await store.deleteAction(draft.tx, draft.org, draft.version.id, stored.id);
    await deleteUses(draft.tx, draft.org, draft.version.id, [{ type: "action", id: stored.id }]);
    draft.recorder.audit({ operation: "action.deleted", subject: subjectOf(stored) });
  });
}

/** Actions as they are answered, each definition looked up once. */
async function shown({ publicUrl }: ActionDeps, { tx, org, version }: Content, actions: readonly StoredAction[]): Promise<Action[]> {
  const schemas = schemasUrl(publicUrl, org, version.schemaKey);
  const ids = actions.flatMap(({ document }) => usesOf(document));
  const heads = await headsByIds(tx, org, version.id, ids);
  // Any number of actions may use the same definition, whose description is told where that is asked for.
  const definitions = new Map([...heads].map(([id, { description: _, ...head }]) => [id, shownDefinition(head, schemas)]));
  return actions.map((action) => shownAction(action, definitions));
}

/** An action as it is answered. */
export async function shownOne(deps: ActionDeps, content: Content, action: StoredAction): Promise<Action> {
  const [one] = await shown(deps, content, [action]);
  return one as Action;
}

/** Looked for before the change begins, so that nobody waits for it. */
async function faultsOfSchemas(
  { sandbox }: ActionDeps,
  { actor }: Call,
  connectionId: ConnectionId,
  given: ActionCreate | ActionUpdate,
): Promise<ContentError[]> {
  requireWholeConnection(actor, connectionId);
  return compiledSchemaFaults(sandbox, actor.org, given);
}

function storedAction(
  id: ActionId,
  { name, summary, description }: ActionCreate,
  { document, definitions }: Linked,
  schemaFaults: readonly ContentError[],
): StoredAction {
  return {
    id,
    name,
    ...(summary === undefined ? {} : { summary }),
    ...(description === undefined ? {} : { description }),
    document,
    errors: [...actionFaults(document, definitions), ...schemaFaults.slice(0, schemaFaultsMax)],
  };
}

const schemaFaultsMax = 100;

const subjectOf = ({ id, name }: StoredAction) => ({ type: "action", id, name });

async function keepUses({ tx, org, version }: Draft, { id, document }: StoredAction): Promise<void> {
  await replaceUses(tx, org, version.id, { type: "action", id }, usesOf(document));
}

async function existing({ tx, org, version }: Content, name: string): Promise<StoredAction> {
  const action = await store.getAction(tx, org, version.id, name);
  if (!action) throw new Problem("not_found");
  return action;
}

async function requireProtocol({ tx, org }: Draft, connectionId: ConnectionId, type: Action["type"]): Promise<void> {
  const protocol = await protocolOf(tx, org, connectionId);
  if (protocol === type) return;
  const message = `The connection's protocol is ${protocol}, and so are its actions.`;
  throw new Problem("invalid_request", { fields: [{ field: "type", message }] });
}

async function requireRoom({ tx, org, version }: Draft): Promise<void> {
  if ((await store.countActions(tx, org, version.id)) < actionsMax) return;
  throw new Problem("invalid_request", { message: `A version holds at most ${actionsMax} actions.` });
}

function requireSameAction({ id, document }: StoredAction, given: ActionUpdate): void {
  const faults: Fault[] = [];
  if (given.id !== id) faults.push({ field: "id", message: "Must be the action in the path." });
  if (given.type !== document.type) faults.push({ field: "type", message: `The type stays ${document.type}.` });
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
}

async function unlessTaken(write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (isTaken(error, "actions_name")) throw new Problem("name_taken", { message: "Another action of the version has this name." });
    throw error;
  }
}
