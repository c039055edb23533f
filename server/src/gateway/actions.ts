import type { ConnectionId, OrganisationId } from "../kernel/ids.ts";
import { type ReadyAction, readyAction } from "../protocols/http/action/ready.ts";
import { createSchemas, type Schemas } from "../sandbox/schemas.ts";
import { readActionCall, type StoredActionCall } from "../store/action-calls.ts";
import type { Change, Database } from "../store/database.ts";
import { createLoads } from "../traffic/loads.ts";

/** Actions, readied for calls and kept in memory so that a warm call asks no database. */
export interface Actions {
  /**
   * The action by its name, in the version of this name, `latest` and `default` included: at once when it is in memory. Undefined
   * when the connection has no such version or action.
   */
  get(org: OrganisationId, connectionId: ConnectionId, name: ActionName): CalledAction | Promise<CalledAction | undefined>;
  /** Forgets what a committed change may have touched: no call that begins after this sees the state before. */
  invalidate(change: Change): void;
  /** How many are kept. */
  size(): number;
}

export interface ActionName {
  readonly version: string;
  readonly action: string;
}

/** An action as one committed state. Never changed: a change makes a new one. */
export interface CalledAction {
  readonly org: OrganisationId;
  readonly connectionId: ConnectionId;
  readonly stored: StoredActionCall;
  /** Undefined for an action that is no request over HTTP. */
  readonly http: ReadyAction | undefined;
  readonly schemas: Schemas;
}

export interface ActionsDeps {
  readonly load: (org: OrganisationId, connectionId: ConnectionId, name: ActionName) => Promise<StoredActionCall | undefined>;
  /** False while changes cannot be heard: nothing kept may be trusted then, and every call loads. */
  readonly isLive: () => boolean;
  /** How many characters of actions and definitions are kept; 16 million when left out. */
  readonly charactersMax?: number;
  /** How many are loaded at a time, in turns of organisations; 8 when left out. */
  readonly loadsMax?: number;
}

/** Actions as they are in the database. */
export function actionsOf(db: Pick<Database, "read" | "changes">): Actions {
  const actions = createActions({
    load: (org, connectionId, name) => db.read(org, (tx) => readActionCall(tx, org, connectionId, name)),
    isLive: db.changes.isLive,
  });
  db.changes.subscribe(actions.invalidate);
  return actions;
}

export function createActions({ load, isLive, charactersMax = 16_000_000, loadsMax = 8 }: ActionsDeps): Actions {
  const loads = createLoads<CalledAction>({ isLive, loadsMax, weightMax: charactersMax, weightOf });
  return { get, invalidate, size: loads.size };

  function get(org: OrganisationId, connectionId: ConnectionId, name: ActionName) {
    const key = `${org}/${connectionId}/${name.version}/${name.action}`;
    return loads.find(key) ?? loads.load(key, { org, connectionId }, () => ready(org, connectionId, name));
  }

  async function ready(org: OrganisationId, connectionId: ConnectionId, name: ActionName): Promise<CalledAction | undefined> {
    const stored = await load(org, connectionId, name);
    if (!stored) return undefined;
    const { document, definitions } = stored;
    const http = document.type === "http" ? readyAction(document, definitions) : undefined;
    return { org, connectionId, stored, http, schemas: createSchemas(definitions, http?.parameters ?? []) };
  }

  function invalidate(change: Change): void {
    const touches = (one: Pick<CalledAction, "org" | "connectionId"> | { org: OrganisationId; connectionId: string }) =>
      change.kind === "everything" || (change.kind === "connection" && change.org === one.org && change.id === one.connectionId);
    loads.forget({ value: touches, load: touches });
  }
}

/** In characters; what is made of the document takes several times its room. */
const weightOf = ({ stored: { document, definitions } }: CalledAction) =>
  definitions.reduce((sum, { content }) => sum + content.length, 1_000 + 4 * JSON.stringify(document).length);

/** Whether a text can be the name of a version and of an action at all; what cannot is not there. */
export const isActionName = ({ version, action }: ActionName): boolean =>
  /^[a-zA-Z0-9_\-$]{1,200}$/.test(action) && version.length > 0 && version.length <= 100 && !/[/\0]/.test(version);
