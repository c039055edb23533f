import type { ActionCreate, ActionDefinitionCreate, ActionUpdate, TriggerCreate, TriggerUpdate } from "@mooring/contract";
import type { DefinitionLink } from "../domain/action.ts";
import type { DefinitionHead } from "../domain/definition.ts";
import type { WayKind, Ways } from "../domain/way.ts";
import { Problem } from "../kernel/errors.ts";
import type { DefinitionId } from "../kernel/ids.ts";
import { headsByIds, headsByNames } from "../store/definitions.ts";
import type { Content } from "./content.ts";

/** What is sent of an action or a trigger. */
export interface Given {
  readonly action: ActionCreate | ActionUpdate;
  readonly trigger: TriggerCreate | TriggerUpdate;
}

/** How a kind of them is read from what is sent. */
export interface Links<Kind extends WayKind> {
  readonly kind: Kind;
  referencesIn(given: Given[Kind]): readonly ActionDefinitionCreate[];
  documentOf(given: Given[Kind], linkOf: (reference: ActionDefinitionCreate) => DefinitionLink): Ways[Kind]["document"];
}

/** A document as it is kept, and the definitions that it uses. */
export interface Linked<Kind extends WayKind> {
  readonly document: Ways[Kind]["document"];
  readonly definitions: ReadonlyMap<DefinitionId, DefinitionHead>;
}

/**
 * What is asked for, with each reference to a definition looked up among those of the version, so that an id of another one is like an
 * unknown one (T-2). What is not found stays as a link that leads nowhere. Throws `Problem` invalid_request when there are more than
 * `linksMax`.
 */
export async function linked<Kind extends WayKind>(
  { tx, org, version }: Content,
  { kind, referencesIn, documentOf }: Links<Kind>,
  given: Given[Kind],
): Promise<Linked<Kind>> {
  const references = referencesIn(given);
  if (references.length > linksMax) {
    const message = `${articleOf[kind]} ${kind} links to at most ${linksMax} definitions, and this one to ${references.length}.`;
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

const articleOf = { action: "An", trigger: "A" } as const satisfies Record<WayKind, string>;

/** The body of a request and the answers to it, as they are sent. */
interface GivenExchange {
  readonly requestBody?: { readonly required: boolean; readonly definitions: readonly ActionDefinitionCreate[] } | undefined;
  readonly responses: readonly {
    readonly status?: number | undefined;
    readonly description?: string | undefined;
    readonly definitions: readonly ActionDefinitionCreate[];
  }[];
}

/** Every reference to a definition in the body and the answers. */
export const referencesInExchange = ({ requestBody, responses }: GivenExchange): ActionDefinitionCreate[] => [
  ...(requestBody?.definitions ?? []),
  ...responses.flatMap(({ definitions }) => definitions),
];

/** The body and the answers as they are kept. */
export function exchangeOf({ requestBody, responses }: GivenExchange, linkOf: (reference: ActionDefinitionCreate) => DefinitionLink) {
  return {
    ...(requestBody ? { requestBody: { required: requestBody.required, definitions: requestBody.definitions.map(linkOf) } } : {}),
    responses: responses.map(({ status, description, definitions }) => ({
      ...(status === undefined ? {} : { status }),
      ...(description === undefined ? {} : { description }),
      definitions: definitions.map(linkOf),
    })),
  };
}
