import type { AuthSchemeConfig, EnvironmentVariable } from "@mooring/contract";
import type { HttpActionDocument, StoredAction } from "../../../domain/action.ts";
import type { StoredDefinition } from "../../../domain/definition.ts";
import type { DefinitionId } from "../../../kernel/ids.ts";
import { securityOf, serverOf } from "./export-connection.ts";
import { operationOf, pathOf } from "./export-operation.ts";
import { schemaOf } from "./export-schema.ts";

/** What a version of an HTTP connection holds, and what the connection says of itself. */
export interface ExportedVersion {
  readonly name: string;
  readonly version: string;
  readonly description?: string | undefined;
  readonly baseUrl: string;
  readonly environmentVariables: readonly EnvironmentVariable[];
  readonly authSchemeConfigs: readonly AuthSchemeConfig[];
  readonly actions: readonly StoredAction[];
  /** In the order in which they are written. */
  readonly definitions: readonly ExportedDefinition[];
}

/** Without its schema, which is asked for when its turn comes. */
export type ExportedDefinition = Pick<StoredDefinition, "id" | "name" | "accept">;

/**
 * The version as an OpenAPI 3.1 document: its text in portions of one operation or schema each, so that a large one can be written
 * between other work. `load` gives the definition itself. What `readOpenApi` reads of it are the same actions and definitions; left out
 * are the methods that OpenAPI does not have.
 */
export function* exportOpenApi(version: ExportedVersion, load: (id: DefinitionId) => StoredDefinition): Generator<string> {
  const { name, description, actions, definitions } = version;
  const byId = new Map(definitions.map((one) => [one.id, one]));
  const { schemes, security } = securityOf(version.authSchemeConfigs);
  const info = { title: name, version: version.version, ...(description !== undefined && { description }) };
  yield `{"openapi":"3.1.0","info":${JSON.stringify(info)},"servers":${JSON.stringify([serverOf(version)])}`;
  if (security.length > 0) yield `,"security":${JSON.stringify(security)}`;
  yield `,"paths":{`;
  yield* listed([...inPaths(actions)], ([path, operations]) => pathItem(path, operations));
  yield `},"components":{"schemas":{`;
  yield* listed(definitions, function* (definition) {
    yield `${JSON.stringify(definition.name)}:${JSON.stringify(schemaOf(load(definition.id), byId))}`;
  });
  yield `}${schemes.length === 0 ? "" : `,"securitySchemes":${JSON.stringify(Object.fromEntries(schemes))}`}}}`;

  function* pathItem(path: string, operations: ReadonlyMap<string, HttpAction>): Generator<string> {
    yield `${JSON.stringify(path)}:{`;
    yield* listed([...operations], function* ([method, action]) {
      yield `${JSON.stringify(method)}:${JSON.stringify(operationOf(action, byId))}`;
    });
    yield "}";
  }
}

/** The whole text at once, for documents that are known to be small. */
export const exportText = (...given: Parameters<typeof exportOpenApi>): string => [...exportOpenApi(...given)].join("");

function* listed<Item>(items: Iterable<Item>, write: (item: Item) => Generator<string>): Generator<string> {
  let isFirst = true;
  for (const item of items) {
    if (!isFirst) yield ",";
    isFirst = false;
    yield* write(item);
  }
}

export type HttpAction = Omit<StoredAction, "document"> & { readonly document: HttpActionDocument };

/** The actions by path and method. Of several for the same request, all but the first have their name behind a `#`, as others do it too. */
function inPaths(actions: readonly StoredAction[]): Map<string, Map<string, HttpAction>> {
  const paths = new Map<string, Map<string, HttpAction>>();
  for (const action of actions) {
    if (!isWritten(action)) continue;
    const method = action.document.method.toLowerCase();
    const path = pathOf(action.document.path);
    const key = paths.get(path)?.has(method) ? `${path}#${action.name}` : path;
    paths.set(key, (paths.get(key) ?? new Map()).set(method, action));
  }
  return paths;
}

const isWritten = (action: StoredAction): action is HttpAction => action.document.type === "http" && action.document.method !== "CONNECT";
