import type { AuthSchemeConfig, EnvironmentVariable, HTTPMethod } from "@mooring/contract";
import type { HttpActionDocument, StoredAction } from "../../../domain/action.ts";
import type { StoredDefinition } from "../../../domain/definition.ts";
import type { StoredTrigger } from "../../../domain/trigger.ts";
import type { ActionId, DefinitionId, TriggerId } from "../../../kernel/ids.ts";
import { securityOf, serverOf } from "./export-connection.ts";
import { operationOf, pathOf, webhookOf } from "./export-operation.ts";
import { schemaOf } from "./export-schema.ts";

/** What a version of an HTTP connection holds, and what the connection says of itself. */
export interface ExportedVersion {
  readonly name: string;
  readonly version: string;
  readonly description?: string | undefined;
  readonly baseUrl: string;
  readonly environmentVariables: readonly EnvironmentVariable[];
  readonly authSchemeConfigs: readonly AuthSchemeConfig[];
  /** In the order in which they are written. */
  readonly actions: readonly ExportedAction[];
  readonly triggers: readonly ExportedTrigger[];
  readonly definitions: readonly ExportedDefinition[];
}

/** An action as far as its place in the document needs it. */
export interface ExportedAction {
  readonly id: ActionId;
  readonly name: string;
  readonly method: HTTPMethod;
  readonly path: string;
}

/** A trigger as far as its place in the document needs it. */
export type ExportedTrigger = Pick<StoredTrigger, "id" | "name">;

/** A definition without its schema. */
export type ExportedDefinition = Pick<StoredDefinition, "id" | "name" | "accept">;

/** Gives the rest, a few at a time. What is gone meanwhile is left out. */
export interface ExportLoads {
  actions(ids: readonly ActionId[]): Promise<Iterable<StoredAction>>;
  triggers(ids: readonly TriggerId[]): Promise<Iterable<StoredTrigger>>;
  definitions(ids: readonly DefinitionId[]): Promise<Iterable<StoredDefinition>>;
}

/**
 * The version as an OpenAPI 3.1 document: its text in pieces of one operation or schema each, so that a large one is never in memory at
 * once. What `readOpenApi` reads of it are the same actions, triggers and definitions. Left out is the one method that OpenAPI
 * does not have.
 */
export async function* exportOpenApi(version: ExportedVersion, loads: ExportLoads): AsyncGenerator<string> {
  const { name, description, definitions } = version;
  const byId = new Map(definitions.map((one) => [one.id, one]));
  const { schemes, security } = securityOf(version.authSchemeConfigs);
  const info = { title: name, version: version.version, ...(description !== undefined && { description }) };
  yield `{"openapi":"3.1.0","info":${JSON.stringify(info)},"servers":${JSON.stringify([serverOf(version)])}`;
  if (security.length > 0) yield `,"security":${JSON.stringify(security)}`;
  yield `,"paths":{`;
  yield* paths(inPaths(version.actions), byId, loads);
  if (version.triggers.length > 0) {
    yield `},"webhooks":{`;
    yield* webhooks(version.triggers, byId, loads);
  }
  yield `},"components":{"schemas":{`;
  yield* schemas(definitions, byId, loads);
  yield `}${schemes.length === 0 ? "" : `,"securitySchemes":${JSON.stringify(Object.fromEntries(schemes))}`}}}`;
}

type Definitions = ReadonlyMap<DefinitionId, ExportedDefinition>;

interface Placed {
  readonly id: ActionId;
  readonly path: string;
  readonly method: string;
}

async function* paths(placed: readonly Placed[], definitions: Definitions, loads: ExportLoads): AsyncGenerator<string> {
  let open: string | undefined;
  for (const portion of portions(placed)) {
    const actions = new Map([...(await loads.actions(portion.map(({ id }) => id)))].map((action) => [action.id, action]));
    for (const { id, path, method } of portion) {
      const action = actions.get(id);
      if (action === undefined || !isHttp(action)) continue;
      const begin = open === undefined ? "" : "},";
      yield open === path ? "," : `${begin}${JSON.stringify(path)}:{`;
      open = path;
      yield `${JSON.stringify(method)}:${JSON.stringify(operationOf(action, definitions))}`;
    }
  }
  if (open !== undefined) yield "}";
}

async function* webhooks(triggers: readonly ExportedTrigger[], definitions: Definitions, loads: ExportLoads): AsyncGenerator<string> {
  let comma = "";
  for (const portion of portions(triggers)) {
    const loaded = new Map([...(await loads.triggers(portion.map(({ id }) => id)))].map((one) => [one.id, one]));
    for (const { id } of portion) {
      const trigger = loaded.get(id);
      if (trigger === undefined || trigger.document.method === "CONNECT") continue;
      const item = { [trigger.document.method.toLowerCase()]: webhookOf(trigger, definitions) };
      yield `${comma}${JSON.stringify(trigger.name)}:${JSON.stringify(item)}`;
      comma = ",";
    }
  }
}

async function* schemas(heads: readonly ExportedDefinition[], definitions: Definitions, loads: ExportLoads): AsyncGenerator<string> {
  let comma = "";
  for (const portion of portions(heads)) {
    const loaded = new Map([...(await loads.definitions(portion.map(({ id }) => id)))].map((one) => [one.id, one]));
    for (const { id } of portion) {
      const definition = loaded.get(id);
      if (definition === undefined) continue;
      yield `${comma}${JSON.stringify(definition.name)}:${JSON.stringify(schemaOf(definition, definitions))}`;
      comma = ",";
    }
  }
}

function* portions<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += atOnce) yield items.slice(at, at + atOnce);
}

const atOnce = 50;

/** The actions with those of one path together. Of several for one request all but the first have their name behind a `#`, as files often do. */
function inPaths(actions: readonly ExportedAction[]): Placed[] {
  const byPath = new Map<string, Map<string, Placed>>();
  for (const { id, name, method, path } of actions) {
    if (method === "CONNECT") continue;
    const bare = pathOf(path);
    const key = byPath.get(bare)?.has(method) ? `${bare}#${name}` : bare;
    byPath.set(key, (byPath.get(key) ?? new Map()).set(method, { id, path: key, method: method.toLowerCase() }));
  }
  return [...byPath.values()].flatMap((methods) => [...methods.values()]);
}

/** An action of an HTTP connection. */
export type HttpAction = Omit<StoredAction, "document"> & { readonly document: HttpActionDocument };

const isHttp = (action: StoredAction): action is HttpAction => action.document.type === "http";
