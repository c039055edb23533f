import type { HTTPMethod } from "@mooring/contract";
import type { HttpActionDocument } from "../../../domain/action.ts";
import { Problem } from "../../../kernel/errors.ts";
import { createBodies } from "./bodies.ts";
import type { Kind } from "./kinds.ts";
import { createActionNames, type Names } from "./names.ts";
import { type ParameterReading, readParameters } from "./parameters.ts";
import { readPath } from "./paths.ts";
import { below, pointerOf, root } from "./place.ts";
import { descriptionMax, type Found, follow, summaryMax, textIn } from "./reading.ts";
import type { OwnSecurity } from "./security.ts";
import { listOf, objectOf, textOf } from "./values.ts";

/** An operation as an action, before it has an id. Its links name every media type. */
export interface Operation {
  readonly name: string;
  readonly summary?: string;
  readonly description?: string;
  readonly document: HttpActionDocument;
}

const operationsMax = 5_000;

/** The operations of a file, and what some of them have of their own. */
export interface ReadOperations {
  readonly operations: readonly Operation[];
  readonly security: readonly OwnSecurity[];
  /** Paths and operations with servers. */
  readonly local: readonly Found[];
}

/** Every operation of the file, in its order. One that is not written as OpenAPI says is left out, with a note. */
export function readOperations(reading: ParameterReading): ReadOperations {
  const { document, notes } = reading;
  const paths = objectOf(document.paths) ?? {};
  const names = createActionNames();
  const operations: Operation[] = [];
  const security: OwnSecurity[] = [];
  const local: Found[] = [];
  for (const path of Object.keys(paths)) {
    const place = below(root, "paths", path);
    if (path.startsWith("x-")) {
      notes.note("extensions", place);
      continue;
    }
    const item = follow(reading, paths[path], place, "brokenOperation");
    if (item === undefined) continue;
    notes.rest(item.object, item.place, pathKeys, pathOthers);
    if (item.object.servers !== undefined) local.push(item);
    for (const key of Object.keys(item.object)) {
      const method = methods.get(key);
      if (method === undefined) continue;
      const operation = follow(reading, item.object[key], below(item.place, key), "brokenOperation");
      if (operation === undefined) continue;
      if (operations.length >= operationsMax) throw tooMany(below(place, key));
      const read = readOperation({ path, method, item, operation }, names, reading);
      if (read === undefined) continue;
      operations.push(read);
      if (operation.object.servers !== undefined) local.push(operation);
      const own = listOf(operation.object.security);
      if (own) security.push({ security: own, place: below(operation.place, "security") });
    }
  }
  return { operations, security, local };
}

/** The methods by which OpenAPI knows operations. */
export const methods: ReadonlyMap<string, HTTPMethod> = new Map<string, HTTPMethod>([
  ["get", "GET"],
  ["put", "PUT"],
  ["post", "POST"],
  ["delete", "DELETE"],
  ["options", "OPTIONS"],
  ["head", "HEAD"],
  ["patch", "PATCH"],
  ["trace", "TRACE"],
]);

const pathKeys = new Set([...methods.keys(), "parameters", "servers", "$ref"]);
/** What a path may say besides, and is not carried over. */
export const pathOthers: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["summary", "documentation"],
  ["description", "documentation"],
]);

const operationKeys = new Set(["operationId", "summary", "description", "parameters", "requestBody", "responses", "security", "servers"]);
/** What an operation may say besides, and is not carried over. */
export const operationOthers: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["callbacks", "callbacks"],
  ["tags", "documentation"],
  ["externalDocs", "documentation"],
  ["deprecated", "deprecated"],
]);

interface Parts {
  readonly path: string;
  readonly method: HTTPMethod;
  readonly item: Found;
  readonly operation: Found;
}

function readOperation({ path, method, item, operation }: Parts, names: Names, reading: ParameterReading): Operation | undefined {
  const { notes } = reading;
  const { object, place } = operation;
  const declared = readParameters(item, operation, reading);
  const url = readPath(path, declared, { notes, place });
  if (url.path.length > pathMax) {
    notes.note("brokenOperation", place);
    return undefined;
  }
  notes.rest(object, place, operationKeys, operationOthers);
  const name = nameOf({ path, method, operation }, names, reading);
  const summary = textIn(reading, operation, "summary", summaryMax);
  const description = textIn(reading, operation, "description", descriptionMax);
  const bodies = createBodies(name, reading);
  const requestBody = bodies.requestBody(operation);
  return {
    name,
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    document: {
      type: "http",
      method,
      ...url,
      ...(requestBody && { requestBody }),
      responses: bodies.responses(operation),
    },
  };
}

const pathMax = 2048;

function nameOf({ path, method, operation }: Omit<Parts, "item">, names: Names, { notes }: ParameterReading): string {
  const id = textOf(operation.object.operationId)?.trim() ?? "";
  if (id === "") {
    notes.note("noOperationId", operation.place);
    return names.take(`${method.toLowerCase()}${path.replaceAll(/[{}]/g, "")}`).name;
  }
  const { name, isChanged } = names.take(id);
  if (isChanged) notes.note("nameChanged", below(operation.place, "operationId"));
  return name;
}

const tooMany = (place: Parameters<typeof pointerOf>[0]) =>
  new Problem("invalid_request", {
    fields: [{ field: `file#${pointerOf(place)}`, message: `A file may hold ${operationsMax} operations at most; divide it.` }],
  });
