import type { ActionHTTPParameter } from "@mooring/contract";
import type { DefinitionLink } from "../../../domain/action.ts";
import { parseTemplate } from "../../../domain/template.ts";
import type { DefinitionId } from "../../../kernel/ids.ts";
import type { ExportedDefinition, HttpAction } from "./export.ts";
import { typeOf } from "./parameter-schema.ts";
import { emptyObject, objectOf } from "./values.ts";

type Definitions = ReadonlyMap<DefinitionId, ExportedDefinition>;

/** The path of an action as OpenAPI writes it: `{id}` for a placeholder. */
export const pathOf = (path: string): string =>
  parseTemplate(path)
    .parts.map((part) => (typeof part === "string" ? part : `{${part.namespace === "param" ? part.name : `env.${part.name}`}}`))
    .join("");

/** An action as an operation of OpenAPI 3.1. Links to definitions that are gone are left out. */
export function operationOf({ name, summary, description, document }: HttpAction, definitions: Definitions): Record<string, unknown> {
  const { requestBody, responses } = document;
  const fromEnvironment = parseTemplate(document.path).parts.flatMap((part) =>
    typeof part !== "string" && part.namespace === "env" ? [variableParameter(part.name)] : [],
  );
  const parameters = [...document.parameters.map(parameterOf), ...fromEnvironment];
  return {
    operationId: name,
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody && { requestBody: { required: requestBody.required, content: contentOf(requestBody.definitions, definitions) } }),
    ...(responses.length > 0 && {
      responses: Object.fromEntries(
        responses.map((response) => [
          response.status === undefined ? "default" : String(response.status),
          {
            description: response.description ?? "",
            ...(response.definitions.length > 0 && { content: contentOf(response.definitions, definitions) }),
          },
        ]),
      ),
    }),
  };
}

/** What an environment fills in, OpenAPI knows as a parameter only. */
const variableParameter = (name: string) => ({ name: `env.${name}`, in: "path", required: true, schema: { type: "string" } });

function parameterOf(parameter: ActionHTTPParameter): Record<string, unknown> {
  const { name, in: place, required, description, style, explode } = parameter;
  return {
    name,
    in: place,
    required,
    ...(description !== undefined && { description }),
    schema: parameterSchema(parameter),
    ...(style !== undefined && { style }),
    ...(explode !== undefined && { explode }),
  };
}

/** The schema with what the parameter says beside it. */
function parameterSchema({ type, schema, default: given }: ActionHTTPParameter): unknown {
  const own = Object.assign(emptyObject(), objectOf(schema) ?? {});
  if (own.type !== "array" && typeOf(own) !== type) own.type ??= type;
  if (schema === undefined) own.type = type;
  if (given !== undefined) own.default = given;
  return own;
}

function contentOf(links: readonly DefinitionLink[], definitions: Definitions): Record<string, unknown> {
  const content = emptyObject();
  for (const link of links) {
    const definition = "id" in link ? definitions.get(link.id) : undefined;
    if (definition === undefined) continue;
    for (const mediaType of link.accept ?? definition.accept) {
      content[mediaType] ??= { schema: { $ref: `#/components/schemas/${definition.name}` } };
    }
  }
  return content;
}
