import type { ActionCreate, ActionUpdate, ContentError } from "@mooring/contract";
import { contentError } from "../domain/content-error.ts";
import { parameterSchemaFaults } from "../domain/parameter-schema-faults.ts";
import type { DefinitionId, OrganisationId } from "../kernel/ids.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";

/**
 * What is wrong with the schemas of an action's parameters, as far as it takes a look from within the sandbox: one that is malformed, or
 * has a pattern that may take for ever (J-4). Those of which `parameterSchemaFaults` knows something are left to it. Throws `Problem`
 * too_costly, or overloaded.
 */
export async function compiledSchemaFaults(
  sandbox: Pick<Sandbox, "checkSchemas">,
  org: OrganisationId,
  given: ActionCreate | ActionUpdate,
): Promise<ContentError[]> {
  const schemas = given.type === "http" ? given.parameters.flatMap(schemaOf) : [];
  if (schemas.length === 0) return [];
  const check = { schemas: schemas.map(({ check }) => check), known: [], urlPrefix: noAddress };
  const checked = await sandbox.checkSchemas(org, check);
  return checked.flatMap(({ faults }, at) =>
    faults.map(({ pointer, message }) => contentError(`${schemas[at]?.place ?? ""}${pointer}`, message)),
  );
}

type Parameters = Extract<ActionCreate, { type: "http" }>["parameters"];

function schemaOf(parameter: Parameters[number], at: number) {
  const place = `/parameters/${at}/schema`;
  if (parameter.schema === undefined || parameterSchemaFaults(parameter, place).length > 0) return [];
  // What it is called matters for references alone, and it has none.
  const name = `parameter ${at}`;
  const check = { id: name as DefinitionId, name, contentType: "application/schema+json", content: JSON.stringify(parameter.schema) };
  return [{ place, check }];
}

const noAddress = "parameter:";
