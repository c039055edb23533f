import type { HttpActionDocument, StoredResponse } from "../../../domain/action.ts";
import type { StoredDefinition } from "../../../domain/definition.ts";
import { mediaTypesOf } from "../../../domain/media-types.ts";
import { percentEncoded } from "../../../domain/percent-encoding.ts";
import { parseTemplate, type Template } from "../../../domain/template.ts";
import type { DefinitionId } from "../../../kernel/ids.ts";
import { covers, parseMediaType } from "./media-type.ts";
import { type Parameter, readyParameters } from "./parameters.ts";

/** An action over HTTP, readied for any number of calls. Never changed. */
export interface ReadyAction {
  readonly method: string;
  /** Empty, or from its first slash on. */
  readonly path: Template;
  readonly parameters: readonly Parameter[];
  /** By the names that calls use. */
  readonly byAddress: ReadonlyMap<string, Parameter>;
  /** By the names that templates use: where places share a name, the one in the path has it. */
  readonly byReference: ReadonlyMap<string, Parameter>;
  /** Undefined when it takes no body. */
  readonly body: ReadyBody | undefined;
  readonly responses: readonly ReadyResponse[];
}

export interface ReadyBody {
  readonly isRequired: boolean;
  /** What it may be, in order; empty where it may be anything. */
  readonly media: readonly Media[];
}

export interface ReadyResponse {
  /** Undefined for the one that stands for all other statuses. */
  readonly status: number | undefined;
  readonly media: readonly Media[];
}

/** A media type, or a range of them, and the definition that describes it. */
export interface Media {
  readonly accept: string;
  readonly definitionId: DefinitionId;
}

/** What describes a media type: the type itself goes before a range that holds it. Undefined when nothing does. */
export const mediaFor = (media: readonly Media[], essence: string): Media | undefined =>
  media.find(({ accept }) => parseMediaType(accept)?.essence === essence) ?? media.find(({ accept }) => covers(accept, essence));

export type Accepting = Pick<StoredDefinition, "id" | "accept">;

/** Readies an action for calls; a link to nothing counts for nothing, because the action has an error then. */
export function readyAction(document: HttpActionDocument, definitions: readonly Accepting[]): ReadyAction {
  const { method, path, requestBody, responses } = document;
  const parameters = readyParameters(document.parameters);
  const acceptOf = acceptById(definitions);
  const byAddress = new Map(parameters.map((parameter) => [parameter.address, parameter]));
  const inPath = parameters.filter((parameter) => parameter.in === "path").map((parameter) => [parameter.name, parameter] as const);
  return {
    method,
    path: pathTemplate(path),
    parameters,
    byAddress,
    byReference: new Map([...byAddress, ...inPath]),
    body: requestBody && { isRequired: requestBody.required, media: linkedMedia(requestBody.definitions, acceptOf) },
    responses: responses.map(({ status, definitions: links }) => ({ status, media: linkedMedia(links, acceptOf) })),
  };
}

/** What links to definitions describe; one to nothing counts for nothing. */
export const mediaOf = (links: StoredResponse["definitions"], definitions: readonly Accepting[]): Media[] =>
  linkedMedia(links, acceptById(definitions));

const acceptById = (definitions: readonly Accepting[]) => new Map(definitions.map(({ id, accept }) => [id, accept]));

function linkedMedia(links: StoredResponse["definitions"], acceptOf: ReadonlyMap<DefinitionId, readonly string[]>): Media[] {
  return links.flatMap((link) => {
    if (!("id" in link)) return [];
    return mediaTypesOf(link, { accept: acceptOf.get(link.id) ?? [] }).map((accept): Media => ({ accept, definitionId: link.id }));
  });
}

/** What no request target can hold as it is, is escaped once: letters beyond ASCII, spaces and the like. */
function pathTemplate(path: string): Template {
  const { parts, faults } = parseTemplate(path === "" || path.startsWith("/") ? path : `/${path}`);
  return { parts: parts.map((part) => (typeof part === "string" ? part.replace(/[^\x21-\x7e]+/g, percentEncoded) : part)), faults };
}
