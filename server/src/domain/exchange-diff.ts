import type { VersionDiffChange } from "@mooring/contract";
import type { DefinitionLink, StoredResponse } from "./action.ts";
import { changeAt, changeOf, whyBroken } from "./content-change.ts";
import { pointerTo } from "./content-error.ts";
import type { Role } from "./definition-roles.ts";
import { type Effect, unclear } from "./effect.ts";
import type { Sides } from "./schema-diff.ts";

/** The definitions of the two versions whose actions and triggers are compared. */
export interface Linked {
  readonly sides: Sides;
  /** The media types for which a link of that version counts, as they are compared. */
  mediaTypesOf(link: DefinitionLink, version: "before" | "after"): readonly string[];
  /** What going from what one link leads to to what the other does; nothing where both lead to the same definition. */
  effectOf(before: DefinitionLink, after: DefinitionLink): Effect | "same";
  nameOf(link: DefinitionLink, version: "before" | "after"): string;
}

/** What differs in the answers to a request, by their status. Whoever gets them is not ready for new values. */
export function responseChanges(before: readonly StoredResponse[], after: readonly StoredResponse[], linked: Linked): VersionDiffChange[] {
  const [old, now] = [before, after].map((responses) => new Map(responses.map((one) => [String(one.status ?? "default"), one])));
  return [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].flatMap((status) => {
    const [was, is] = [old?.get(status), now?.get(status)];
    const place = `/responses/${status}`;
    if (!is) return [changeAt(place, { before: was }, "What comes with this status is not described any more.")];
    if (!was) return [changeAt(place, { after: is })];
    return [
      ...changeOf(`${place}/description`, was.description, is.description),
      ...linkChanges(`${place}/definitions`, was.definitions, is.definitions, linked, {
        role: { wider: "In responses" },
        gone: "Answers of this type are not described any more.",
      }),
    ];
  });
}

/** Who fails when what a link leads to describes more or less, and why a media type that is gone, or one that has come, breaks them. */
interface LinkReasons {
  readonly role: Role;
  readonly gone: string;
  readonly come?: string;
}

/** What differs in which definition describes which media type. What became of a definition that both have is told at that definition. */
export function linkChanges(
  place: string,
  before: readonly DefinitionLink[],
  after: readonly DefinitionLink[],
  linked: Linked,
  { role, gone, come }: LinkReasons,
): VersionDiffChange[] {
  const [old, now] = [byMediaType(before, linked, "before"), byMediaType(after, linked, "after")];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((type) => {
    const [was, is] = [old.get(type), now.get(type)];
    const field = pointerTo(place, type);
    if (!is) return was ? [changeAt(field, { before: linked.nameOf(was, "before") }, gone)] : [];
    if (!was) return [changeAt(field, { after: linked.nameOf(is, "after") }, come)];
    return linkChange(field, was, is, linked, role);
  });
}

/** What differs in what describes one thing; nothing where both links lead to the same definition. */
export function linkChange(field: string, was: DefinitionLink, is: DefinitionLink, linked: Linked, role: Role): VersionDiffChange[] {
  const effect = linked.effectOf(was, is);
  if (effect === "same") return [];
  return [changeAt(field, { before: linked.nameOf(was, "before"), after: linked.nameOf(is, "after") }, whyBroken(effect, role))];
}

function byMediaType(links: readonly DefinitionLink[], linked: Linked, version: "before" | "after"): Map<string, DefinitionLink> {
  const found = new Map<string, DefinitionLink>();
  // Of two for one type, which is a fault, the first.
  for (const link of links) for (const type of linked.mediaTypesOf(link, version)) if (!found.has(type)) found.set(type, link);
  return found;
}

/** Where one of two links leads nowhere. */
export const unknownTarget: Effect = unclear("there is no such definition, so what it describes cannot be told");
