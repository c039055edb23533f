import type { ActionCreate, ActionDefinitionCreate, ActionUpdate } from "@mooring/contract";
import type { ActionDocument, DefinitionLink } from "../domain/action.ts";
import type { DefinitionHead } from "../domain/definition.ts";
import { Problem } from "../kernel/errors.ts";
import type { DefinitionId } from "../kernel/ids.ts";
import { headsByIds, headsByNames } from "../store/definitions.ts";
import type { Content } from "./content.ts";

/** A document as it is kept, and the definitions that it uses. */
export interface Linked {
  readonly document: ActionDocument;
  readonly definitions: ReadonlyMap<DefinitionId, DefinitionHead>;
}

/**
 * What is asked for, with each reference to a definition looked up among those of the version, so that an id of another one is like an
 * unknown one (T-2). What is not found stays as a link that leads nowhere. Throws `Problem` invalid_request when there are more than
 * `linksMax`.
 */
export async function linked({ tx, org, version }: Content, given: ActionCreate | ActionUpdate): Promise<Linked> {
  const references = referencesIn(given);
  if (references.length > linksMax) {
    const message = `An action links to at most ${linksMax} definitions, and this one to ${references.length}.`;
    throw new Problem("invalid_request", { fields: [{ field: "", message }] });
  }
  const ids = references.flatMap(({ definition: { id } }) => (id === undefined ? [] : [id as DefinitionId]));
  const names = references.flatMap(({ definition: { id, name } }) => (id === undefined && name !== undefined ? [name] : []));
  const byId = await headsByIds(tx, org, version.id, ids);
  const byName = await headsByNames(tx, org, version.id, names);
  const definitions = new Map([...byId, ...[...byName.values()].map((head) => [head.id, head] as const)]);
  return { document: documentOf(given, linkOf), definitions };

  function linkOf({ definition, accept }: ActionDefinitionCreate): DefinitionLink {
    const { id, name = "" } = definition;
    const found = id === undefined ? byName.get(name) : byId.get(id as DefinitionId);
    return { ...(found ? { id: found.id } : { missing: id ?? name }), ...(accept ? { accept } : {}) };
  }
}

// Each is answered with its definition, which may be long, so that there must not be any number of them (L-2).
const linksMax = 200;

function referencesIn(given: ActionCreate | ActionUpdate): ActionDefinitionCreate[] {
  if (given.type === "bigquery") return given.row ? [given.row] : [];
  return [...(given.requestBody?.definitions ?? []), ...given.responses.flatMap(({ definitions }) => definitions)];
}

function documentOf(given: ActionCreate | ActionUpdate, linkOf: (reference: ActionDefinitionCreate) => DefinitionLink): ActionDocument {
  if (given.type === "bigquery") {
    const { type, query, parameters, maximumBytesBilled, location, row } = given;
    return {
      type,
      query,
      parameters,
      ...(maximumBytesBilled === undefined ? {} : { maximumBytesBilled }),
      ...(location === undefined ? {} : { location }),
      ...(row ? { row: linkOf(row) } : {}),
    };
  }
  const { type, method, path, parameters, requestBody, responses } = given;
  return {
    type,
    method,
    path,
    parameters,
    ...(requestBody ? { requestBody: { required: requestBody.required, definitions: requestBody.definitions.map(linkOf) } } : {}),
    responses: responses.map(({ status, description, definitions }) => ({
      ...(status === undefined ? {} : { status }),
      ...(description === undefined ? {} : { description }),
      definitions: definitions.map(linkOf),
    })),
  };
}
