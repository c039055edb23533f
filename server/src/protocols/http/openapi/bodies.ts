import type { DefinitionLink, HttpActionDocument, StoredResponse } from "../../../domain/action.ts";
import type { DefinitionId } from "../../../kernel/ids.ts";
import type { Kind } from "./kinds.ts";
import { below, type Place, stepsOf } from "./place.ts";
import { descriptionMax, type Found, follow, type Reading, textIn } from "./reading.ts";
import { type JsonObject, objectOf } from "./values.ts";

/** The definitions a body or response links to, with all media types of each: which of them go without saying is known at the end. */
export type RequestBody = NonNullable<HttpActionDocument["requestBody"]>;

/** Reads bodies and responses of one operation; schemas of its own that are the same share one definition. */
export function createBodies(action: string, reading: Reading) {
  const { notes, definitions } = reading;
  const same = new Map<string, DefinitionId>();
  return { requestBody, responses };

  function requestBody(operation: Found): RequestBody | undefined {
    const given = operation.object.requestBody;
    if (given === undefined) return undefined;
    const found = follow(reading, given, below(operation.place, "requestBody"), "brokenBody");
    if (!found) return undefined;
    notes.rest(found.object, found.place, bodyKeys, otherKeys);
    return { required: found.object.required === true, definitions: linksOf(found, `${action}_request`) };
  }

  function responses(operation: Found): StoredResponse[] {
    const place = below(operation.place, "responses");
    const given = objectOf(operation.object.responses);
    if (given === undefined) {
      if (operation.object.responses !== undefined) notes.note("brokenBody", place);
      return [];
    }
    const statuses = statusesOf(given, place);
    for (const { place: at } of statuses.slice(responsesMax)) notes.note("tooMany", at);
    return statuses.slice(0, responsesMax).flatMap(({ status, key, place: at }) => {
      const found = follow(reading, given[key], at, "brokenBody");
      if (!found) return [];
      notes.rest(found.object, found.place, bodyKeys, otherKeys);
      const description = textIn(reading, found, "description", descriptionMax);
      const links = linksOf(found, `${action}_${key.replaceAll(/[Xx]{2}/g, "00")}`);
      return [{ ...(status !== undefined && { status }), ...(description !== undefined && { description }), definitions: links }];
    });
  }

  function statusesOf(given: JsonObject, place: Place) {
    return Object.keys(given).flatMap((key): { status?: number; key: string; place: Place }[] => {
      const at = below(place, key);
      if (key === "default") return [{ key, place: at }];
      if (/^[1-9][0-9]{2}$/.test(key)) return [{ status: Number(key), key, place: at }];
      const first = /^[1-5][Xx]{2}$/.test(key) ? `${key[0]}00` : undefined;
      notes.note(first ? "statusRange" : key.startsWith("x-") ? "extensions" : "brokenBody", at);
      return first === undefined || Object.hasOwn(given, first) ? [] : [{ status: Number(first), key, place: at }];
    });
  }

  function linksOf(found: Found, name: string): DefinitionLink[] {
    const links = new Map<DefinitionId, string[]>();
    const taken = new Set<string>();
    const content = objectOf(found.object.content) ?? {};
    if (found.object.content !== undefined && content !== found.object.content) notes.note("brokenBody", below(found.place, "content"));
    for (const key of Object.keys(content)) {
      const place = below(found.place, "content", key);
      const media = objectOf(content[key]);
      const mediaType = key.trim().replace(/^[^;]*/, (type) => type.toLowerCase());
      if (media === undefined || !/^[^\s/;]+\/[^\p{Cc}\p{Cs}]+$/u.test(mediaType) || mediaType.length > 200 || taken.has(mediaType)) {
        notes.note("brokenBody", place);
        continue;
      }
      if (taken.size >= mediaTypesMax) {
        notes.note("tooMany", place);
        continue;
      }
      taken.add(mediaType);
      notes.rest(media, place, mediaKeys, otherKeys);
      const id = definitionOf(media.schema ?? {}, below(place, "schema"), name);
      definitions.describes(id, mediaType);
      links.set(id, [...(links.get(id) ?? []), mediaType]);
    }
    return [...links].map(([id, accept]) => ({ id, accept }));
  }

  function definitionOf(schema: unknown, place: Place, name: string): DefinitionId {
    const steps = stepsOf(place);
    // What several operations refer to is one thing, named as it is there.
    if (steps[0] === "components" && steps[2] !== undefined) return definitions.at(schema, place, steps[2]);
    const written = JSON.stringify(schema);
    const known = same.get(written);
    if (known !== undefined) return known;
    const id = definitions.at(schema, place, name);
    same.set(written, id);
    return id;
  }
}

const responsesMax = 200;
const mediaTypesMax = 50;
const bodyKeys = new Set(["content", "required", "description"]);
const mediaKeys = new Set(["schema"]);
const otherKeys: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["headers", "responseHeaders"],
  ["links", "links"],
  ["encoding", "encoding"],
  ["example", "examples"],
  ["examples", "examples"],
]);
