import { isDeepStrictEqual } from "node:util";
import type { QueryOf } from "@mooring/contract";
import { usesOf, type Way, type WayKind, type Ways } from "../domain/way.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import { protocolOf } from "../store/connections.ts";
import { deleteUses, replaceUses } from "../store/definition-uses.ts";
import { isTaken } from "../store/faults.ts";
import type { Page } from "../store/pages.ts";
import * as store from "../store/ways.ts";
import { type Call, requireMatch } from "./change.ts";
import { type Content, changeDraft, type Draft, readContent } from "./content.ts";
import { differences } from "./differences.ts";
import type { Given } from "./way-links.ts";
import { type Rules, type Shown, shown, shownOne, slowFaultsOf, storedWay, type WayDeps } from "./way-rules.ts";

/** The version that an action or a trigger is of. */
export interface Version {
  readonly connectionId: ConnectionId;
  /** May be `latest` or `default`. */
  readonly version: string;
}

/** A page of them, with `name` of those whose name contains it. */
export async function list<Kind extends WayKind>(
  deps: WayDeps,
  call: Call,
  rules: Rules<Kind>,
  { connectionId, version }: Version,
  query: QueryOf<"GetActions" | "GetTriggers">,
): Promise<Page<Shown[Kind]>> {
  return readContent(deps, call, connectionId, version, async (content) => {
    const { items, ...page } = await store.listWays(content.tx, content.org, content.version.id, rules.kind, query);
    return { ...page, items: await shown(deps, content, rules, items) };
  });
}

/** The one of that name. Throws `Problem` not_found. */
export async function get<Kind extends WayKind>(
  deps: WayDeps,
  call: Call,
  rules: Rules<Kind>,
  { connectionId, version }: Version,
  name: string,
): Promise<Shown[Kind]> {
  return readContent(deps, call, connectionId, version, async (content) =>
    shownOne(deps, content, rules, await existing(content, rules, name)),
  );
}

/** Adds one to a draft; what is wrong with it is kept in its `errors`. Throws `Problem` name_taken, or version_published. */
export async function create<Kind extends WayKind>(
  deps: WayDeps,
  call: Call,
  rules: Rules<Kind>,
  { connectionId, version }: Version,
  given: Given[Kind],
): Promise<Shown[Kind]> {
  const slowFaults = await slowFaultsOf(deps, call, rules, connectionId, given);
  return changeDraft(deps, call, connectionId, version, async (draft) => {
    const { tx, org, now, recorder } = draft;
    await requireProtocol(draft, connectionId, rules, given.type);
    await requireRoom(draft, rules);
    const way = await storedWay(draft, rules, deps.newId(), given, slowFaults);
    await unlessTaken(rules, store.insertWays(tx, org, draft.version.id, rules.kind, [way], now));
    await keepUses(draft, rules, way);
    recorder.audit({ operation: `${rules.kind}.created`, subject: subjectOf(rules, way) });
    return shownOne(deps, draft, rules, way);
  });
}

/**
 * Replaces one of a draft. What was read and is sent back as it was changes nothing; anything else drops links that lead nowhere,
 * because they are not shown. Throws `Problem` invalid_request when id or type would change, name_taken, or version_published.
 */
export async function update<Kind extends WayKind>(
  deps: WayDeps,
  call: Call,
  rules: Rules<Kind>,
  { connectionId, version }: Version,
  name: string,
  given: Given[Kind] & { readonly id: string },
): Promise<Shown[Kind]> {
  const slowFaults = await slowFaultsOf(deps, call, rules, connectionId, given);
  return changeDraft(deps, call, connectionId, version, async (draft) => {
    const { tx, org, now, recorder } = draft;
    const stored = await existing(draft, rules, name);
    const before = await shownOne(deps, draft, rules, stored);
    requireMatch(call, before);
    requireSame(rules, stored, given);
    if (isDeepStrictEqual(given, before)) return before;
    const way = await storedWay(draft, rules, stored.id, given, slowFaults);
    if (isDeepStrictEqual(way, stored)) return before;

    await unlessTaken(rules, store.updateWay(tx, org, draft.version.id, rules.kind, way, now));
    await keepUses(draft, rules, way);
    const after = await shownOne(deps, draft, rules, way);
    recorder.audit({ operation: `${rules.kind}.updated`, subject: subjectOf(rules, way), changes: differences(before, after) });
    return after;
  });
}

/** Deletes one of a draft; the definitions it used stay. Throws `Problem` not_found, or version_published. */
export async function remove<Kind extends WayKind>(
  deps: WayDeps,
  call: Call,
  rules: Rules<Kind>,
  { connectionId, version }: Version,
  name: string,
): Promise<void> {
  await changeDraft(deps, call, connectionId, version, async (draft) => {
    const { tx, org, recorder } = draft;
    const stored = await existing(draft, rules, name);
    requireMatch(call, await shownOne(deps, draft, rules, stored));
    await store.deleteWay(tx, org, draft.version.id, rules.kind, stored.id);
    await deleteUses(tx, org, draft.version.id, [{ type: rules.kind, id: stored.id }]);
    recorder.audit({ operation: `${rules.kind}.deleted`, subject: subjectOf(rules, stored) });
  });
}

type Named = Pick<Rules<WayKind>, "kind">;

const subjectOf = ({ kind }: Named, { id, name }: Way) => ({ type: kind, id, name });

async function keepUses({ tx, org, version }: Draft, { kind }: Named, { id, document }: Way): Promise<void> {
  await replaceUses(tx, org, version.id, { type: kind, id }, usesOf(document));
}

async function existing<Kind extends WayKind>({ tx, org, version }: Content, { kind }: Rules<Kind>, name: string): Promise<Ways[Kind]> {
  const way = await store.getWay(tx, org, version.id, kind, name);
  if (!way) throw new Problem("not_found");
  return way;
}

async function requireProtocol({ tx, org }: Draft, connectionId: ConnectionId, { kind }: Named, type: string): Promise<void> {
  const protocol = await protocolOf(tx, org, connectionId);
  if (protocol === type) return;
  const message = `The connection's protocol is ${protocol}, and so are its ${kind}s.`;
  throw new Problem("invalid_request", { fields: [{ field: "type", message }] });
}

async function requireRoom({ tx, org, version }: Draft, { kind, max }: Pick<Rules<WayKind>, "kind" | "max">): Promise<void> {
  if ((await store.countWays(tx, org, version.id, kind)) < max) return;
  throw new Problem("invalid_request", { message: `A version holds at most ${max} ${kind}s.` });
}

function requireSame({ kind }: Named, { id, document }: Way, given: { readonly id: string; readonly type: string }): void {
  const faults: Fault[] = [];
  if (given.id !== id) faults.push({ field: "id", message: `Must be the ${kind} in the path.` });
  if (given.type !== document.type) faults.push({ field: "type", message: `The type stays ${document.type}.` });
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
}

async function unlessTaken({ kind }: Named, write: Promise<void>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (isTaken(error, `${kind}s_name`)) throw new Problem("name_taken", { message: `Another ${kind} of the version has this name.` });
    throw error;
  }
}
