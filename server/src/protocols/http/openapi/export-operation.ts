import type { ActionHTTPParameter, TriggerHTTPParameter } from "@mooring/contract";
import type { DefinitionLink } from "../../../domain/action.ts";
import type { Exchange } from "../../../domain/exchange-faults.ts";
import { parseTemplate } from "../../../domain/template.ts";
import type { StoredTrigger } from "../../../domain/trigger.ts";
import type { DefinitionId } from "../../../kernel/ids.ts";
import type { ExportedDefinition, HttpAction } from "./export.ts";
import { typeOf } from "./parameter-schema.ts";
import { emptyObject, objectOf } from "./values.ts";
import { challengeKey, strictKey } from "./webhooks.ts";

type Definitions = ReadonlyMap<DefinitionId, ExportedDefinition>;

/** The path of an action as OpenAPI writes it: `{id}` for a placeholder. */
export const pathOf = (path: string): string =>
  parseTemplate(path)
    .parts.map((part) => (typeof part === "string" ? part : `{${part.namespace === "param" ? part.name : `env.${part.name}`}}`))
    .join("");

/** An action as an operation of OpenAPI 3.1. Links to definitions that are gone are left out. */
export function operationOf({ name, summary, description, document }: HttpAction, definitions: Definitions): Record<string, unknown> {
  const fromEnvironment = parseTemplate(document.path).parts.flatMap((part) =>
    typeof part !== "string" && part.namespace === "env" ? [variableParameter(part.name)] : [],
  );
  const parameters = [...document.parameters.map(parameterOf), ...fromEnvironment];
  return {
    operationId: name,
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(parameters.length > 0 && { parameters }),
    ...exchangeOf(document, definitions),
  };
}

/** A trigger as an operation of a webhook, which goes by the name of that. Links to definitions that are gone are left out. */
export function webhookOf({ summary, description, document }: StoredTrigger, definitions: Definitions): Record<string, unknown> {
  const { strict, challenge, parameters } = document;
  return {
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { [strictKey]: strict }),
    ...(challenge !== undefined && { [challengeKey]: challenge }),
    ...(parameters.length > 0 && { parameters: parameters.map(parameterOf) }),
    ...exchangeOf(document, definitions),
  };
}

function exchangeOf({ requestBody, responses }: Pick<Exchange, "requestBody" | "responses">, definitions: Definitions) {
  return {
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

function parameterOf(parameter: ActionHTTPParameter | TriggerHTTPParameter): Record<string, unknown> {
  const { name, in: place, required, description, style, explode }: ActionHTTPParameter = parameter;
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
