import type { TriggerHTTPParameter, VersionDiffChange } from "@mooring/contract";
import { changeAt, changeOf, whyBroken } from "./content-change.ts";
import { inEvents, type Role } from "./definition-roles.ts";
import { type Linked, linkChanges, responseChanges } from "./exchange-diff.ts";
import { placeOfParameter, valueSchema } from "./parameter-diff.ts";
import { schemaChanges } from "./schema-diff.ts";
import { type StoredTrigger, successStatus, type TriggerDocument } from "./trigger.ts";

/**
 * What differs between two states of a trigger. Its callers are two: who gets its events is broken by what may arrive and could not
 * before, their sender by what is not taken any more, and by what is answered otherwise. Places are as in `actionChanges`.
 */
export function triggerChanges(before: StoredTrigger, after: StoredTrigger, linked: Linked): VersionDiffChange[] {
  return [
    ...changeOf("/name", before.name, after.name, "Its address and its subscriptions name the trigger by it."),
    ...changeOf("/summary", before.summary, after.summary),
    ...changeOf("/description", before.description, after.description),
    ...documentChanges(before.document, after.document, linked),
  ];
}

function documentChanges(before: TriggerDocument, after: TriggerDocument, linked: Linked): VersionDiffChange[] {
  // Left out, it is false.
  const [wasStrict, isStrict] = [before.strict === true, after.strict === true];
  return [
    ...changeOf("/method", before.method, after.method, "Its sender is refused until it sends so."),
    ...changeOf(
      "/strict",
      wasStrict,
      isStrict,
      isStrict ? "An event that does not fit is refused." : "An event that does not fit may arrive.",
    ),
    // Senders prove an address when they are told of it: one that uses it already goes on.
    ...changeOf("/challenge", before.challenge, after.challenge),
    ...parameterChanges(before, after, linked),
    ...bodyChanges(before, after, linked),
    ...changeOf("/responses", successStatus(before), successStatus(after), "The sender of an event that is kept gets another status."),
    ...responseChanges(before.responses, after.responses, linked),
  ];
}

/** Why what an event must have breaks somebody: its sender when it is asked for and refused without, who gets it when it may be missing. */
function requirementFault(what: string, { was, is, isStrict }: { was: boolean; is: boolean; isStrict: boolean }): string | undefined {
  if (was && !is) return `An event without ${what} may arrive.`;
  return is && !was && isStrict ? `An event without ${what} is refused.` : undefined;
}

function bodyChanges({ requestBody: before }: TriggerDocument, after: TriggerDocument, linked: Linked): VersionDiffChange[] {
  const { requestBody: now, strict: isStrict = false } = after;
  if (!before && !now) return [];
  if (!before) {
    const isNarrower = (now?.definitions.length ?? 0) > 0 || (isStrict && now?.required);
    return [changeAt("/requestBody", { after: now }, isNarrower ? "An event with another body is refused." : undefined)];
  }
  if (!now) return [changeAt("/requestBody", { before }, "What events hold is not described any more.")];
  const fault = requirementFault("a body", { was: before.required, is: now.required, isStrict });
  return [
    ...changeOf("/requestBody/required", before.required, now.required, fault),
    ...linkChanges("/requestBody/definitions", before.definitions, now.definitions, linked, {
      role: inEvents(after),
      gone: "An event of this type is refused.",
      come: "An event of this type may arrive.",
    }),
  ];
}

function parameterChanges(before: TriggerDocument, after: TriggerDocument, linked: Linked): VersionDiffChange[] {
  const [old, now] = [before, after].map(({ parameters }) => new Map(parameters.map((one) => [placeOfParameter(one), one])));
  const isStrict = after.strict === true;
  return [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].flatMap((place) => {
    const [was, is] = [old?.get(place), now?.get(place)];
    if (!is) return [changeAt(place, { before: was }, "What comes there is not described any more.")];
    if (!was) return [changeAt(place, { after: is }, requirementFault("it", { was: false, is: is.required, isStrict }))];
    return changesOfParameter(place, was, is, { linked, role: inEvents(after), isStrict });
  });
}

function changesOfParameter(
  place: string,
  was: TriggerHTTPParameter,
  is: TriggerHTTPParameter,
  { linked, role, isStrict }: { linked: Linked; role: Role; isStrict: boolean },
): VersionDiffChange[] {
  const fault = requirementFault("it", { was: was.required, is: is.required, isStrict });
  const types = schemaChanges(valueSchema(was), valueSchema(is), linked.sides);
  return [
    ...changeOf(`${place}/required`, was.required, is.required, fault),
    ...changeOf(`${place}/description`, was.description, is.description),
    ...changeOf(`${place}/default`, was.default, is.default, "An event without it means something else."),
    ...types.map(({ pointer, before, after, effect }) => changeAt(place + pointer, { before, after }, whyBroken(effect, role))),
  ];
}
