import type { Action, ContentError, Trigger } from "@mooring/contract";
import { schemasUrl, shownDefinition } from "../domain/definition.ts";
import type { ShownDefinitions } from "../domain/shown-exchange.ts";
import { type KnownDefinitions, usesOf, type Way, type WayKind, type Ways } from "../domain/way.ts";
import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";
import { headsByIds } from "../store/definitions.ts";
import type { Call, ControlDeps } from "./change.ts";
import type { Content } from "./content.ts";
import { requireWholeConnection } from "./rights.ts";
import { type Given, type Links, linked } from "./way-links.ts";

export interface WayDeps extends ControlDeps {
  /** Where the addresses of schemas begin. */
  readonly publicUrl: URL;
  readonly sandbox: Pick<Sandbox, "checkSchemas">;
}

/** What differs between actions and triggers; all else of their operations is the same. */
export interface Rules<Kind extends WayKind> extends Links<Kind> {
  /** How many a version may hold. */
  readonly max: number;
  faultsOf(document: Ways[Kind]["document"], definitions: KnownDefinitions): ContentError[];
  /** Faults that take a while to find. They are looked for before the change begins, so that nobody waits for it. */
  slowFaultsOf?(sandbox: WayDeps["sandbox"], org: OrganisationId, given: Given[Kind]): Promise<ContentError[]>;
  show(way: Ways[Kind], definitions: ShownDefinitions): Shown[Kind];
}

/** They as they are answered. */
export interface Shown {
  readonly action: Action;
  readonly trigger: Trigger;
}

/** Several as they are answered, each definition looked up once. */
export async function shown<Kind extends WayKind>(
  { publicUrl }: WayDeps,
  { tx, org, version }: Content,
  rules: Rules<Kind>,
  ways: readonly Ways[Kind][],
): Promise<Shown[Kind][]> {
  const schemas = schemasUrl(publicUrl, org, version.schemaKey);
  const heads = await headsByIds(
    tx,
    org,
    version.id,
    ways.flatMap(({ document }) => usesOf(document)),
  );
  // Any number of them may use the same definition, whose description is told where that is asked for.
  const definitions = new Map([...heads].map(([id, { description: _, ...head }]) => [id, shownDefinition(head, schemas)]));
  return ways.map((way) => rules.show(way, definitions));
}

/** One as it is answered. */
export async function shownOne<Kind extends WayKind>(
  deps: WayDeps,
  content: Content,
  rules: Rules<Kind>,
  way: Ways[Kind],
): Promise<Shown[Kind]> {
  const [one] = await shown(deps, content, rules, [way]);
  return one as Shown[Kind];
}

/** What takes a while to find. Throws `Problem` forbidden for who may not change the connection. */
export async function slowFaultsOf<Kind extends WayKind>(
  { sandbox }: WayDeps,
  { actor }: Call,
  rules: Rules<Kind>,
  connectionId: ConnectionId,
  given: Given[Kind],
): Promise<ContentError[]> {
  requireWholeConnection(actor, connectionId);
  return (await rules.slowFaultsOf?.(sandbox, actor.org, given)) ?? [];
}

/** What is asked for as it is kept, with all that is wrong with it. */
export async function storedWay<Kind extends WayKind>(
  content: Content,
  rules: Rules<Kind>,
  id: Ways[Kind]["id"],
  given: Given[Kind],
  slowFaults: readonly ContentError[],
): Promise<Ways[Kind]> {
  const { name, summary, description } = given;
  const { document, definitions } = await linked(content, rules, given);
  const errors = [...rules.faultsOf(document, definitions), ...slowFaults.slice(0, slowFaultsMax)];
  const said = { ...(summary === undefined ? {} : { summary }), ...(description === undefined ? {} : { description }) };
  return { id, name, ...said, document, errors } as Way as Ways[Kind];
}

const slowFaultsMax = 100;
