import type { VersionDiff, VersionDiffChange, VersionDiffChanged, VersionDiffItem } from "@mooring/contract";
import type { DefinitionId } from "../kernel/ids.ts";
import { actionChanges } from "./action-diff.ts";
import { changeAt, changeOf, whyBroken } from "./content-change.ts";
import type { StoredDefinition } from "./definition.ts";
import { type Roles, rolesIn } from "./definition-roles.ts";
import { unclear } from "./effect.ts";
import { type Linked, unknownTarget } from "./exchange-diff.ts";
import { mediaTypeKey, mediaTypesOf } from "./media-types.ts";
import { type Sides, schemaChanges, schemaEffect } from "./schema-diff.ts";
import { triggerChanges } from "./trigger-diff.ts";
import { definitionSide, isJsonSchema, type VersionContent } from "./version-content.ts";

/**
 * What going from one version to another adds, removes and changes, and what of it breaks callers. Things are the same when they have
 * the same id, or else the same name. What cannot be judged as safe breaks. Yields after each, so that whoever drives it can pause.
 */
export function* versionDiff(
  { name: from, content: before }: { name: string; content: VersionContent },
  { name: to, content: after }: { name: string; content: VersionContent },
): Generator<undefined, VersionDiff> {
  const definitions = partnersOf(before.definitions, after.definitions);
  const actions = partnersOf(before.actions, after.actions);
  const triggers = partnersOf(before.triggers, after.triggers);
  const sides: Sides = {
    before: definitionSide(before, (id) => definitions.newOf.get(id)?.id ?? `-${id}`),
    after: definitionSide(after, (id) => id),
  };
  const roles = { before: yield* rolesIn(before, sides.before), after: yield* rolesIn(after, sides.after) };
  const linked = linkedIn(before, after, sides);
  const changed: VersionDiffChanged[] = [];
  for (const [old, now] of actions.pairs) {
    changed.push(...changedItem("action", now.name, actionChanges(old, now, linked)));
    yield;
  }
  for (const [old, now] of triggers.pairs) {
    changed.push(...changedItem("trigger", now.name, triggerChanges(old, now, linked)));
    yield;
  }
  for (const [old, now] of definitions.pairs) {
    changed.push(...changedItem("definition", now.name, definitionChanges(old, now, sides, roles)));
    yield;
  }
  const added = [...items("action", actions.added), ...items("trigger", triggers.added), ...items("definition", definitions.added)];
  const removed = [
    ...items("action", actions.removed, "breaks"),
    ...items("trigger", triggers.removed, "breaks"),
    // Who uses a definition that is gone has changed, and that is what breaks.
    ...items("definition", definitions.removed),
  ];
  return diffOf({ from, to }, { added, removed, changed });
}

/** The answer: of each list the gravest things, within a bound. */
function diffOf(versions: Pick<VersionDiff, "from" | "to">, { added, removed, changed }: Lists): VersionDiff {
  const all = [added, removed, changed] as const;
  const omitted = all.reduce((sum, { length }) => sum + Math.max(0, length - thingsMax), 0);
  return {
    ...versions,
    breaks: [...removed, ...changed].some(({ breaks }) => breaks),
    added: gravest(added, thingsMax),
    removed: gravest(removed, thingsMax),
    changed: gravest(changed, thingsMax),
    ...(omitted > 0 ? { omitted } : {}),
  };
}

type Lists = Readonly<Record<"added" | "removed", readonly VersionDiffItem[]> & Record<"changed", readonly VersionDiffChanged[]>>;

const thingsMax = 1_000;
const changesMax = 50;

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Which thing of one version is which of the other. */
function partnersOf<Thing extends Named>(before: ReadonlyMap<string, Thing>, after: ReadonlyMap<string, Thing>) {
  const newOf = new Map<string, Thing>();
  const free = new Map([...after.values()].filter(({ id }) => !before.has(id)).map((thing) => [thing.name, thing]));
  for (const { id, name } of before.values()) {
    const partner = after.get(id) ?? free.get(name);
    if (partner) newOf.set(id, partner);
    if (partner && partner.id !== id) free.delete(name);
  }
  const taken = new Set([...newOf.values()].map(({ id }) => id));
  return {
    newOf,
    pairs: [...before.values()].flatMap((old) => {
      const now = newOf.get(old.id);
      return now ? [[old, now] as const] : [];
    }),
    removed: [...before.values()].filter(({ id }) => !newOf.has(id)),
    added: [...after.values()].filter(({ id }) => !taken.has(id)),
  };
}

function linkedIn(before: VersionContent, after: VersionContent, sides: Sides): Linked {
  const definitions = { before: before.definitions, after: after.definitions };
  return {
    sides,
    nameOf: (link, version) => ("id" in link ? (definitions[version].get(link.id)?.name ?? link.id) : link.missing),
    mediaTypesOf(link, version) {
      const definition = "id" in link ? definitions[version].get(link.id) : undefined;
      return (definition ? mediaTypesOf(link, definition) : (link.accept ?? ["*/*"])).map(mediaTypeKey);
    },
    effectOf(was, is) {
      if (!("id" in was) || !("id" in is))
        return "missing" in was && "missing" in is && was.missing === is.missing ? "same" : unknownTarget;
      const [old, now] = [before.definitions.get(was.id), after.definitions.get(is.id)];
      if (!old || !now) return unknownTarget;
      if (sides.before.keyOf(old.id) === sides.after.keyOf(now.id)) return "same";
      if (!isJsonSchema(old) || !isJsonSchema(now)) return old.content === now.content ? {} : incomparable;
      return schemaEffect(sides.before.schemaOf(old.id), sides.after.schemaOf(now.id), sides);
    },
  };
}

const incomparable = unclear("what a change of such a schema does cannot be told");

function definitionChanges(
  old: StoredDefinition,
  now: StoredDefinition,
  sides: Sides,
  roles: { before: Roles; after: Roles },
): VersionDiffChange[] {
  return [
    // What it is called and accepts matters to actions and triggers, and is told at those.
    ...changeOf("/name", old.name, now.name),
    ...changeOf("/description", old.description, now.description),
    ...changeOf("/accept", old.accept, now.accept),
    ...contentChanges(old, now, sides, roles),
  ];
}

function contentChanges(
  old: StoredDefinition,
  now: StoredDefinition,
  sides: Sides,
  roles: { before: Roles; after: Roles },
): VersionDiffChange[] {
  if (old.contentType === now.contentType && old.content === now.content && !isMoved(old, sides)) return [];
  const isJson = isJsonSchema(old) && isJsonSchema(now);
  const changes = isJson
    ? schemaChanges(sides.before.schemaOf(old.id), sides.after.schemaOf(now.id), sides)
    : [{ pointer: "/content", before: "(long)", after: "(long)", effect: incomparable }];
  const [was, is] = [roles.before.roleOf(old.id), roles.after.roleOf(now.id)];
  const role = { narrower: was.narrower ?? is.narrower, wider: was.wider ?? is.wider };
  const by = changes.some(({ effect }) => whyBroken(effect, role) !== undefined) ? usedBy(roles, old, now) : "";
  return changes.map(({ pointer, before, after, effect }) => {
    const why = whyBroken(effect, role);
    return changeAt(`/schema${pointer}`, { before, after }, why === undefined ? undefined : `${why} ${by}`);
  });
}

/** Whether a text that says the same refers to something else now. */
function isMoved({ content }: StoredDefinition, { before, after }: Sides): boolean {
  return [...content.matchAll(/"\$ref":"mooring:([0-9A-Z]{26})/g)].some(([, id = ""]) => {
    const referred = id as DefinitionId;
    return before.keyOf(referred) !== after.keyOf(referred);
  });
}

function usedBy(roles: { before: Roles; after: Roles }, old: StoredDefinition, now: StoredDefinition): string {
  const found = roles.after.usersOf(now.id);
  const { names, more } = found.names.length > 0 ? found : roles.before.usersOf(old.id);
  return `Used by ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`;
}

const items = (type: VersionDiffItem["type"], things: readonly Named[], breaks?: "breaks"): VersionDiffItem[] =>
  things.map(({ name }) => ({ type, name, breaks: breaks !== undefined }));

function changedItem(type: VersionDiffItem["type"], name: string, changes: VersionDiffChange[]): VersionDiffChanged[] {
  if (changes.length === 0) return [];
  const breaks = changes.some((change) => change.breaks);
  const more = changes.length - changesMax;
  const shown = [...changes.filter((change) => change.breaks), ...changes.filter((change) => !change.breaks)].slice(0, changesMax);
  return [{ type, name, breaks, changes: shown, ...(more > 0 ? { omitted: more } : {}) }];
}

/** What breaks callers first, then by what it is and its name. */
function gravest<Item extends VersionDiffItem>(all: readonly Item[], max: number): Item[] {
  const key = ({ breaks, type, name }: Item) => `${breaks ? 0 : 1} ${type} ${name}`;
  return [...all].sort((one, other) => (key(one) < key(other) ? -1 : 1)).slice(0, max);
}
