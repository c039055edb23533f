import type { Connection } from "@mooring/contract";
import { environmentEvent, fieldsOf, type OwnEventDraft } from "../domain/own-event.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { ConnectionPlan } from "./connection-plan.ts";
import { type Difference, differences } from "./differences.ts";

/**
 * What an update of a connection is to those who are told: one event for each environment that came, went or changed, as if that had
 * been done by itself, and one for what is the connection's own.
 */
export function updateEvents(
  before: Connection,
  after: Connection,
  { plans, removed }: Pick<ConnectionPlan, "plans" | "removed">,
  changes: readonly Difference[],
): OwnEventDraft[] {
  const id = before.id as ConnectionId;
  const gone = before.environments.filter((one) => removed.some((removedId) => removedId === one.id));
  const own = changes.filter(isOwn);
  return [
    ...gone.map((one) => environmentEvent("environment.deleted", id, one)),
    ...plans.flatMap(({ before: old, fields, isChanged }) => {
      if (!old) return [environmentEvent("environment.created", id, fields)];
      const next = after.environments.find((one) => one.id === old.id) ?? old;
      return isChanged ? [environmentEvent("environment.updated", id, fields, () => ({ changes: fieldsOf(differences(old, next)) }))] : [];
    }),
    ...(own.length > 0 ? [{ type: "connection.updated" as const, connectionId: id, data: () => ({ changes: fieldsOf(own) }) }] : []),
  ];
}

/** What the environments hold is theirs; the order in which they are listed is the connection's. */
const isOwn = ({ field, before }: Difference) => !field.startsWith("environments[") && (field !== "environments" || Array.isArray(before));
