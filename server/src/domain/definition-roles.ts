import type { DefinitionId } from "../kernel/ids.ts";
import { linksOfSchema } from "./definition-links.ts";
import type { Reading } from "./effect.ts";
import type { Side } from "./schema-references.ts";
import type { TriggerDocument } from "./trigger.ts";
import type { VersionContent } from "./version-content.ts";
import { linksOf, type WayDocument } from "./way.ts";

/**
 * Where callers fail when a definition lets less or more through than before, as a sentence begins: what they send is refused when it is
 * narrower, what they get is new to them when it is wider. Neither, where nothing uses it.
 */
export interface Role {
  readonly narrower?: string | undefined;
  readonly wider?: string | undefined;
}

export interface Roles {
  roleOf(id: DefinitionId): Role;
  /** The names of some actions and triggers that use it, directly or not, and how many more do. */
  usersOf(id: DefinitionId): { readonly names: readonly string[]; readonly more: number };
}

/** Works out the roles of a version's definitions, which go on along references. Pauses often, by yielding. */
export function* rolesIn({ actions, triggers, definitions }: VersionContent, side: Side): Generator<undefined, Roles> {
  const links = new Map<DefinitionId, { id: DefinitionId; reading: Reading }[]>();
  const users = new Map<DefinitionId, Set<string>>();
  const referrers = new Map<DefinitionId, Set<DefinitionId>>();
  for (const { id, content } of definitions.values()) {
    const found = linksOfSchema(side, content, () => side.schemaOf(id)).filter((link) => definitions.has(link.id));
    links.set(id, found);
    for (const link of found) into(referrers, link.id).add(id);
    yield;
  }
  const roles = new Map<DefinitionId, Role>();
  const waiting: DefinitionId[] = [];
  for (const { name, document } of actions.values()) use(name, document, inRequests);
  for (const { name, document } of triggers.values()) use(name, document, inEvents(document));
  // Each is looked at again only when its role grew, which happens at most twice.
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const role = roles.get(id) ?? {};
    for (const link of links.get(id) ?? []) if (take(link.id, passedOn(role, link.reading))) waiting.push(link.id);
    yield;
  }
  return { roleOf: (id) => roles.get(id) ?? {}, usersOf };

  function use(name: string, document: WayDocument, inBody: Role): void {
    for (const { pointer, link } of linksOf(document)) {
      if (!("id" in link) || !definitions.has(link.id)) continue;
      into(users, link.id).add(name);
      if (take(link.id, pointer.startsWith("/requestBody") ? inBody : inResponses)) waiting.push(link.id);
    }
  }

  function take(id: DefinitionId, { narrower, wider }: Role): boolean {
    const known = roles.get(id) ?? {};
    if ((known.narrower ?? narrower) === known.narrower && (known.wider ?? wider) === known.wider) return false;
    roles.set(id, { narrower: known.narrower ?? narrower, wider: known.wider ?? wider });
    return true;
  }

  function usersOf(id: DefinitionId): { names: string[]; more: number } {
    const seen = new Set([id]);
    const names = new Set<string>();
    // A set is gone through to its end, also to what is added on the way.
    for (const one of seen) {
      for (const name of users.get(one) ?? []) names.add(name);
      for (const referrer of referrers.get(one) ?? []) seen.add(referrer);
    }
    const sorted = [...names].sort();
    return { names: sorted.slice(0, namesMax), more: Math.max(0, sorted.length - namesMax) };
  }
}

const namesMax = 3;

const inRequests: Role = { narrower: "In requests" };
const inResponses: Role = { wider: "In responses" };

/**
 * Events flow in: who gets them is not ready for more than before. Their sender fails when less is let through, but only where what does
 * not fit is refused.
 */
export const inEvents = ({ strict }: Pick<TriggerDocument, "strict">): Role => ({
  wider: "In events",
  ...(strict ? { narrower: "In events, which are refused otherwise" } : {}),
});

/** The role that somebody with `role` gives to what they refer to. */
function passedOn({ narrower, wider }: Role, reading: Reading): Role {
  switch (reading) {
    case "same":
      return { narrower, wider };
    case "flipped":
      return { narrower: wider, wider: narrower };
    case "overlapping":
      return { narrower, wider: wider ?? narrower };
    case "either":
      return { narrower: narrower ?? wider, wider: wider ?? narrower };
  }
}

function into<Key, Value>(sets: Map<Key, Set<Value>>, key: Key): Set<Value> {
  const set = sets.get(key) ?? new Set<Value>();
  sets.set(key, set);
  return set;
}
