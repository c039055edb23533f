import type { Credential, OwnEvent } from "@mooring/contract";
import type { ConnectionId, EnvironmentId, EventId } from "../kernel/ids.ts";
import type { NewEvent } from "./event.ts";

/** Something that happened within Mooring to a connection or under it, before it is known whether anybody asked to be told. */
export interface OwnEventDraft {
  readonly type: OwnEvent;
  readonly connectionId: ConnectionId;
  /** Where it concerns one environment alone: a subscription to another one is not told. */
  readonly environmentId?: EnvironmentId | undefined;
  /** Ids, names and which fields moved; never a secret. Only called when somebody asked. */
  data(): Readonly<Record<string, unknown>>;
}

/** A draft as it is kept and delivered: a body as Standard Webhooks has it, `{ type, timestamp, data }`, that begins with the connection. */
export function ownEvent(
  { type, connectionId, environmentId, data }: OwnEventDraft,
  { id, at, connectionName }: { readonly id: EventId; readonly at: Date; readonly connectionName: string },
): NewEvent {
  const body = { type, timestamp: at.toISOString(), data: { connection: { id: connectionId, name: connectionName }, ...data() } };
  return {
    id,
    connectionId,
    origin: "own",
    type,
    environmentId,
    triggerName: undefined,
    receivedAt: at,
    method: undefined,
    target: undefined,
    headers: [],
    contentType: "application/json",
    body: Buffer.from(JSON.stringify(body)),
    fits: undefined,
    faults: undefined,
    verification: undefined,
    sealed: undefined,
    dedupeKey: undefined,
  };
}

/** An event of a credential for each connection that has environments with it, with what else there is to say; none when it serves nowhere. */
export function credentialEvents(
  type: Extract<OwnEvent, `credential.${string}`>,
  { id, name, type: kind, usages = [] }: Pick<Credential, "id" | "name" | "type" | "usages">,
  more: () => Readonly<Record<string, unknown>> = () => ({}),
): OwnEventDraft[] {
  const byConnection = Map.groupBy(usages, ({ environment }) => environment.connection.id as ConnectionId);
  return [...byConnection].map(([connectionId, uses]) => {
    const environments = uses.map(({ environment }) => named(environment));
    return {
      type,
      connectionId,
      environmentId: environments.length === 1 ? (environments[0]?.id as EnvironmentId) : undefined,
      data: () => ({ credential: { id, name, type: kind }, environments, ...more() }),
    };
  });
}

/** An event of a version, with what else there is to say. */
export function versionEvent(
  type: Extract<OwnEvent, `version.${string}`>,
  connectionId: ConnectionId,
  version: { readonly id: string; readonly name: string },
  more: () => Readonly<Record<string, unknown>> = () => ({}),
): OwnEventDraft {
  return { type, connectionId, data: () => ({ version: named(version), ...more() }) };
}

/** An event of one environment, with what else there is to say. */
export function environmentEvent(
  type: Extract<OwnEvent, `environment.${string}`>,
  connectionId: ConnectionId,
  environment: { readonly id: string; readonly name: string },
  more: () => Readonly<Record<string, unknown>> = () => ({}),
): OwnEventDraft {
  const environmentId = environment.id as EnvironmentId;
  return { type, connectionId, environmentId, data: () => ({ environment: named(environment), ...more() }) };
}

/** What tells people and programs which one it is. */
const named = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });

/** The fields that moved, without what they held; the first hundred, which is more than anybody reads. */
export const fieldsOf = (changes: readonly { readonly field: string }[]): string[] => [
  ...new Set(changes.slice(0, fieldsMax).map(({ field }) => field)),
];

const fieldsMax = 100;
