import type { ContentError, HTTPMethod } from "@mooring/contract";
import type { DefinitionLink, StoredResponse } from "./action.ts";
import { contentError, contentWarning, isError } from "./content-error.ts";
import { includesMediaType, mediaTypeKey, mediaTypesOf } from "./media-types.ts";
import { type KnownDefinitions, linksOf, type WayDocument } from "./way.ts";

/** A request and the answers to it, whoever sends which. */
export interface Exchange {
  readonly method: HTTPMethod;
  readonly requestBody?: { readonly required: boolean; readonly definitions: readonly DefinitionLink[] };
  readonly responses: readonly StoredResponse[];
}

/** What is wrong with the body of a request and with the answers to it, apart from links that lead nowhere. */
export function exchangeFaults({ method, requestBody, responses }: Exchange, definitions: KnownDefinitions): ContentError[] {
  return [
    ...(requestBody ? bodyFaults(method) : []),
    ...linkFaults(requestBody?.definitions ?? [], "/requestBody", definitions),
    ...statusFaults(responses),
    ...responses.flatMap((response, at) => linkFaults(response.definitions, `/responses/${at}`, definitions)),
  ];
}

/** Each link to a definition that the version does not have. */
export function missingLinks(document: WayDocument, definitions: KnownDefinitions): ContentError[] {
  return linksOf(document).flatMap(({ pointer, link }) => {
    if ("id" in link && definitions.has(link.id)) return [];
    const name = JSON.stringify("id" in link ? link.id : link.missing);
    return [contentError(pointer, `The version has no definition ${name}; create it, or leave the link out.`)];
  });
}

/** The first `faultsMax`; of more, warnings are left out before errors. */
export function withinBound(faults: readonly ContentError[]): ContentError[] {
  if (faults.length <= faultsMax) return [...faults];
  return [...faults.filter(isError), ...faults.filter((one) => !isError(one))].slice(0, faultsMax);
}

const faultsMax = 200;

// RFC 9110 sections 9.3.1, 9.3.2 and 9.3.8: servers may refuse it, or take it for another request.
const bodiless = new Set<HTTPMethod>(["GET", "HEAD", "TRACE"]);

function bodyFaults(method: HTTPMethod): ContentError[] {
  if (!bodiless.has(method)) return [];
  return [contentWarning("/requestBody", `A body has no meaning with ${method}, and many refuse it or send none.`)];
}

function statusFaults(responses: readonly StoredResponse[]): ContentError[] {
  const seen = new Set<number | undefined>();
  return responses.flatMap(({ status }, at) => {
    const isRepeated = seen.has(status);
    seen.add(status);
    if (status === undefined)
      return isRepeated ? [contentError(`/responses/${at}`, "There are two responses without a status; remove one, or give it one.")] : [];
    const here = `/responses/${at}/status`;
    return [
      ...(status < 100 || status > 599 ? [contentError(here, `${status} is no status of HTTP; those are 100 to 599.`)] : []),
      ...(isRepeated ? [contentError(here, `There are two responses with status ${status}; remove one.`)] : []),
    ];
  });
}

/** One definition for each media type, so that a body is held against one. */
function linkFaults(links: readonly DefinitionLink[], place: string, definitions: KnownDefinitions): ContentError[] {
  const seen = new Set<string>();
  return links.flatMap((link, at) => {
    const definition = "id" in link ? definitions.get(link.id) : undefined;
    if (!definition) return [];
    const here = `${place}/definitions/${at}`;
    const types = mediaTypesOf(link, definition);
    const repeated = types.filter((type) => seen.has(mediaTypeKey(type)));
    for (const type of types) seen.add(mediaTypeKey(type));
    const foreign = (link.accept ?? []).filter((type) => !definition.accept.some((range) => includesMediaType(range, type)));
    return [
      ...(types.length === 0 ? [contentWarning(here, "It counts for no media type; say for which in accept.")] : []),
      ...(repeated.length > 0
        ? [contentError(here, `Another definition is there for ${listed(repeated)}; remove one, or tell them apart with accept.`)]
        : []),
      ...(foreign.length > 0
        ? [contentWarning(`${here}/accept`, `The definition does not say that it describes ${listed(foreign)}.`)]
        : []),
    ];
  });
}

/** The first of them: there may be many, and each may be long. */
function listed(types: readonly string[]): string {
  const more = types.length - listedMax;
  return types.slice(0, listedMax).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

const listedMax = 3;
