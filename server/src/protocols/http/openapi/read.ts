import type { Message } from "@mooring/contract";
import type { DefinitionLink } from "../../../domain/action.ts";
import type { ApiDraft, DraftAction, DraftDefinition, DraftTrigger } from "../../../domain/api-draft.ts";
import { mapLinks, type WayDocument } from "../../../domain/way.ts";
import { Problem } from "../../../kernel/errors.ts";
import { type ActionId, createIdsBackwards, type DefinitionId, type TriggerId } from "../../../kernel/ids.ts";
import { createDefinitions, type Definitions } from "./definitions.ts";
import type { Kind } from "./kinds.ts";
import { createNotes } from "./notes.ts";
import { readOperations } from "./operations.ts";
import { below, root } from "./place.ts";
import type { SpecificationVersion } from "./reading.ts";
import { readSecurity } from "./security.ts";
import { readServers } from "./servers.ts";
import { cleanText, type JsonObject, objectOf, textOf } from "./values.ts";
import { readWebhooks } from "./webhooks.ts";

/** What a description of an API holds. Definitions come first, because actions and triggers link to them. */
export interface ReadApi {
  /** Reads one after the other as they are asked for. */
  definitions(): Generator<DraftDefinition>;
  readonly actions: readonly DraftAction[];
  readonly triggers: readonly DraftTrigger[];
  /** What stands for a definition whose schema no definition can have, with a note: it takes anything. */
  refused(definition: DraftDefinition): DraftDefinition;
  /** The connection; asked for when all definitions were read, it has every message. */
  draft(): ApiDraft;
}

export interface ReadOptions {
  /** The time of the ids that are given. */
  readonly atMs: number;
  /** Why Mooring's engine for regular expressions cannot run a pattern; undefined when it can. */
  readonly patternFault: (pattern: string) => string | undefined;
  /** Whether the document was made of another format, so that its places are not those of the file. */
  readonly isConverted?: boolean;
  /** What was left out before. */
  readonly messages?: readonly Message[];
}

/**
 * Reads an OpenAPI 3.0 or 3.1 document. What it cannot carry over it names in messages; it fetches nothing (J-3). Throws `Problem`
 * invalid_request, with the place, for what is no such document or is too large.
 */
export function readOpenApi(value: unknown, { atMs, patternFault, isConverted, messages = [] }: ReadOptions): ReadApi {
  const { document, version } = versionOf(value);
  const notes = createNotes();
  for (const message of messages) notes.say(message);
  if (isConverted) notes.note("converted", root);
  const definitions = createDefinitions({ document, version, notes, patternFault, nextId: createIdsBackwards(new Date(atMs)) });
  const reading = { document, version, notes, patternFault, definitions };
  const { operations, security, local } = readOperations(reading);
  const webhooks = readWebhooks(reading);
  if (operations.length === 0 && webhooks.length === 0) notes.note("noPaths", below(root, "paths"));
  notes.rest(document, root, documentKeys, documentOthers);
  notes.rest(objectOf(document.components) ?? {}, below(root, "components"), componentKeys, componentOthers);
  const authSchemeConfigs = readSecurity(document, security, notes);
  const server = readServers(document, local, notes);
  const nextActionId = createIdsBackwards(new Date(atMs));
  const actions = operations.map((operation) => linked({ id: nextActionId<ActionId>(), ...operation }, definitions));
  const nextTriggerId = createIdsBackwards(new Date(atMs));
  const triggers = webhooks.map((webhook) => linked({ id: nextTriggerId<TriggerId>(), ...webhook }, definitions));
  const info = objectOf(document.info) ?? {};
  notes.rest(info, below(root, "info"), infoKeys, infoOthers);
  return {
    definitions: definitions.rows,
    actions,
    triggers,
    refused(definition) {
      notes.note("schemaRefused", definitions.placeOf(definition.id));
      return { ...definition, content: "{}", uses: [] };
    },
    draft: () => ({ ...titleOf(info), ...server, authSchemeConfigs, messages: notes.messages() }),
  };
}

const documentKeys = new Set(["openapi", "info", "paths", "webhooks", "components", "servers", "security", "jsonSchemaDialect"]);
const documentOthers: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["tags", "documentation"],
  ["externalDocs", "documentation"],
]);
const componentKeys = new Set(["schemas", "securitySchemes", "parameters", "requestBodies", "responses", "pathItems"]);
const componentOthers: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["headers", "responseHeaders"],
  ["examples", "examples"],
  ["links", "links"],
  ["callbacks", "callbacks"],
]);
const infoKeys = new Set(["title", "description", "version"]);
const infoOthers: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["summary", "documentation"],
  ["termsOfService", "documentation"],
  ["contact", "documentation"],
  ["license", "documentation"],
]);

function versionOf(value: unknown): { document: JsonObject; version: SpecificationVersion } {
  const document = objectOf(value);
  if (document === undefined) throw refused("", "This is no description of an API: it has to be an object.");
  const openapi = Object.hasOwn(document, "openapi") ? document.openapi : undefined;
  const said = typeof openapi === "number" ? String(openapi) : textOf(openapi);
  const [, version] = /^(3\.[01])(?:\.[0-9]+)?(?:-[0-9A-Za-z.-]+)?$/.exec(said ?? "") ?? [];
  if (version !== "3.0" && version !== "3.1") {
    const seen = said === undefined ? "There is no version in `openapi`" : `The version ${JSON.stringify(said.slice(0, 20))} is not known`;
    throw refused("/openapi", `${seen}; Mooring reads OpenAPI 3.0 and 3.1, and Swagger 2.0.`);
  }
  const hasOther = version === "3.1" && (objectOf(document.components) ?? objectOf(document.webhooks)) !== undefined;
  const { paths } = document;
  if (paths === undefined ? !hasOther : objectOf(paths) === undefined)
    throw refused("/paths", "There is no object with the paths of the API.");
  return { document, version };
}

const refused = (pointer: string, message: string) =>
  new Problem("invalid_request", { fields: [{ field: pointer === "" ? "file" : `file#${pointer}`, message }] });

/** What was read with the definitions it uses; a link names no media types where those of its definition are meant. */
function linked<One extends { readonly document: WayDocument }>(one: One, definitions: Definitions) {
  const uses = new Set<DefinitionId>();
  const short = (link: DefinitionLink): DefinitionLink => {
    if (!("id" in link)) return link;
    uses.add(link.id);
    const accept = link.accept ?? [];
    return isSame(accept, definitions.acceptOf(link.id)) ? { id: link.id } : link;
  };
  const document: One["document"] = mapLinks(one.document, short);
  return { ...one, document, errors: [], uses: [...uses] };
}

const isSame = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((one) => others.includes(one));

/** A name people can read, which the contract takes. */
function titleOf(info: JsonObject): Pick<ApiDraft, "name" | "description"> {
  const title = (textOf(info.title) ?? "")
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, 200)
    .toWellFormed();
  const description = cleanText(info.description, versionDescriptionMax);
  return { name: title === "" ? "Imported API" : title, ...(description !== undefined && { description }) };
}

const versionDescriptionMax = 10_000;
