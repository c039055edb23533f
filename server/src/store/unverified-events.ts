import { sql } from "kysely";
import type { NewEvent } from "../domain/event.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { insertEvents } from "./event-rows.ts";

/**
 * Keeps an unverified event, and no more than `eventsMax` of its trigger in its environment, whose bodies have `bytesMax` together: the
 * oldest go. Throws the engine's foreign key fault when its connection is gone.
 */
export async function keepUnverified(
  tx: Tx,
  org: OrganisationId,
  event: NewEvent,
  { eventsMax, bytesMax }: { readonly eventsMax: number; readonly bytesMax: number },
): Promise<void> {
  const { connectionId, environmentId, triggerName } = event;
  await insertEvents(tx, org, [{ event, position: null, sequence: null }]);
  await tx.run(sql`
    delete from events
    where org_id = ${org} and id in (
      select id
      from (
        select id, row_number() over newest as place, sum(length(body)) over newest as bytes
        from events
        where org_id = ${org} and connection_id = ${connectionId} and environment_id = ${environmentId} and trigger_name = ${triggerName}
          and origin = 'unverified'
        window newest as (order by id desc)
      ) as counted
      where place > ${eventsMax} or (bytes > ${bytesMax} and place > 1)
    )
  `);
}
