import type { ActionBigQueryParameter } from "@mooring/contract";
import type { BigQueryActionDocument, DefinitionLink, HttpActionDocument, StoredAction } from "./action.ts";
import { bodyType, bodyTypeDeclarations, bodyTypeNames, eventBodyType } from "./body-type.ts";
import { createDefinitionTypes, type DefinitionTypes } from "./definition-types.ts";
import { parameterAddresses } from "./parameter-address.ts";
import { valueSchema } from "./parameter-diff.ts";
import type { Side } from "./schema-references.ts";
import { typeOf, union } from "./schema-type.ts";
import type { StoredTrigger } from "./trigger.ts";
import { commented, indented, literal } from "./type-text.ts";
import { definitionSide, type VersionContent } from "./version-content.ts";

/**
 * A TypeScript declaration file of what the actions of a version take and give, and of what its triggers get. Yields after each part, so
 * that whoever drives it can pause.
 */
export function* versionTypes(content: VersionContent): Generator<undefined, string> {
  const side: Side = definitionSide(content, (id) => id);
  const types = createDefinitionTypes(content.definitions, side, ["Actions", "Triggers", ...bodyTypeNames]);
  const parts: string[] = ["// What the actions of one version take and give. Made by Mooring.\n"];
  const entries: string[] = [];
  // Those of an imported file come in its order then, as in a list.
  for (const action of [...content.actions.values()].toReversed()) {
    entries.push(indented(entryOf(action, types, content)));
    yield;
  }
  const events: string[] = [];
  for (const trigger of [...content.triggers.values()].toReversed()) {
    events.push(indented(eventOf(trigger, types, content)));
    yield;
  }
  for (const declaration of types.declarations()) {
    parts.push(declaration);
    yield;
  }
  if (entries.some((entry) => entry.includes("WithFiles<"))) parts.push(bodyTypeDeclarations);
  parts.push(`/** Every action by its name. */\nexport interface Actions {\n${entries.join("")}}\n`);
  if (events.length > 0)
    parts.push(`/** What an event of each trigger holds, by the trigger's name. */\nexport interface Triggers {\n${events.join("")}}\n`);
  return parts.join("\n");
}

function entryOf({ name, summary, description, document }: StoredAction, types: DefinitionTypes, content: VersionContent): string {
  const members = document.type === "http" ? httpMembers(document, types, content) : queryMembers(document, types);
  return `${commented([summary, description])}${literal(name)}: {\n${indented(members.join("\n"))}\n};\n`;
}

function httpMembers(
  { parameters, requestBody, responses }: HttpActionDocument,
  types: DefinitionTypes,
  { definitions: all }: VersionContent,
): string[] {
  const addresses = parameterAddresses(parameters);
  const inputs = parameters.map((parameter, at) => {
    const isNeeded = (parameter.required || parameter.in === "path") && parameter.default === undefined;
    return input(addresses[at] ?? parameter.name, isNeeded, typeOf(valueSchema(parameter), noReferences), parameter.description);
  });
  const outputs = responses.map(
    ({ status, description, definitions }) => `${commented([description])}${status ?? "default"}: ${linked(definitions, types)};`,
  );
  return [
    objectOf("parameters", [...new Map(inputs).values()]),
    requestBody
      ? `body${requestBody.required ? "" : "?"}: ${linked(requestBody.definitions, types, (link, type) => bodyType(link, all, type))};`
      : "body?: undefined;",
    objectOf("output", outputs),
  ];
}

function eventOf({ name, summary, description, document }: StoredTrigger, types: DefinitionTypes, content: VersionContent): string {
  const { parameters, requestBody } = document;
  const addresses = parameterAddresses(parameters);
  const inputs = parameters.map((parameter, at) =>
    input(addresses[at] ?? parameter.name, parameter.required, typeOf(valueSchema(parameter), noReferences), parameter.description),
  );
  const body = linked(requestBody?.definitions ?? [], types, (link, type) => eventBodyType(link, content.definitions, type));
  const members = [objectOf("parameters", [...new Map(inputs).values()]), `body${requestBody?.required ? "" : "?"}: ${body};`];
  return `${commented([summary, description])}${literal(name)}: {\n${indented(members.join("\n"))}\n};\n`;
}

function input(name: string, isNeeded: boolean, type: string, description: string | undefined): [string, string] {
  return [name, `${commented([description])}${literal(name)}${isNeeded ? "" : "?"}: ${type};`];
}

const noReferences = { referred: () => "unknown" };

const objectOf = (name: string, members: readonly string[]) =>
  members.length === 0 ? `${name}: {};` : `${name}: {\n${indented(members.join("\n"))}\n};`;

/** What any of the links describes; where there is none, nothing is known. */
const linked = (links: readonly DefinitionLink[], types: DefinitionTypes, given = (_link: DefinitionLink, type: string) => type) =>
  links.length === 0 ? "unknown" : union(links.map((link) => given(link, "id" in link ? types.nameOf(link.id) : "unknown")));

function queryMembers({ parameters, row }: BigQueryActionDocument, types: DefinitionTypes): string[] {
  const inputs = parameters.map(({ name, required, type, array, default: otherwise, description }) => {
    const isNeeded = required && otherwise === undefined;
    const one = queryTypes[type];
    const whole = array ? `(${one})[]` : one;
    return input(name, isNeeded, isNeeded ? whole : union([whole, "null"]), description)[1];
  });
  const rows = row ? `${linked([row], types)}[]` : "unknown[]";
  return [objectOf("parameters", inputs), "body?: undefined;", objectOf("output", [`200: ${rows};`])];
}

/** What a value of each type of BigQuery may be written as. Numbers may be texts, because JSON's would lose digits. */
const queryTypes: Readonly<Record<ActionBigQueryParameter["type"], string>> = {
  BOOL: "boolean",
  INT64: "number | string",
  FLOAT64: "number | string",
  NUMERIC: "number | string",
  BIGNUMERIC: "number | string",
  STRING: "string",
  BYTES: "string",
  DATE: "string",
  DATETIME: "string",
  TIME: "string",
  TIMESTAMP: "string",
  JSON: "unknown",
};
