import type { NewEvent } from "../../server/src/domain/event.ts";
import { systemClock } from "../../server/src/kernel/clock.ts";
import { createIds, type EventId } from "../../server/src/kernel/ids.ts";
import { createLog } from "../../server/src/kernel/log.ts";
import { Secret } from "../../server/src/kernel/secret.ts";
import type { Database } from "../../server/src/store/database.ts";
import { appendEvents } from "../../server/src/store/events.ts";
import { openPostgres } from "../../server/src/store/postgres.ts";
import { openSqlite } from "../../server/src/store/sqlite.ts";
import { organisation } from "../place.ts";

/**
 * Commits the rows of events durably, with no HTTP around it. First it is told where, and how an event is; then each order says how many
 * go into one transaction, and for how long or how many there are to be. One transaction follows the other, as those of the program do.
 */
export interface RowsAt {
  readonly dataDir: string;
  readonly url: string | undefined;
  readonly event: Omit<NewEvent, "id" | "body" | "receivedAt" | "dedupeKey"> & { readonly body: string };
}

type Message = RowsAt | { readonly batch: number; readonly forMs?: number; readonly rows?: number };

let db: Database | undefined;
let event: RowsAt["event"] | undefined;
const newId = createIds(systemClock);

process.on("message", (message: Message) => {
  answered(message).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ fault: String(error) }),
  );
});
process.once("disconnect", () => process.exit(0));

async function answered(message: Message): Promise<object> {
  if ("event" in message) {
    event = message.event;
    const { dataDir, url } = message;
    db = url === undefined ? openSqlite({ dataDir }) : await openPostgres({ url: new Secret(url), log: createLog("silent") });
    return {};
  }
  if (!db || !event) throw new Error("It is not known where.");
  const { batch, forMs = Infinity, rows: rowsMax = Infinity } = message;
  const startedMs = performance.now();
  let rows = 0;
  while (performance.now() - startedMs < forMs && rows < rowsMax) {
    const events = Array.from({ length: batch }, () => newEvent(event as RowsAt["event"]));
    await db.write(organisation, (tx) => appendEvents(tx, organisation, events));
    rows += batch;
  }
  return { answers: rows, seconds: (performance.now() - startedMs) / 1000 };
}

function newEvent({ body, ...rest }: RowsAt["event"]): NewEvent {
  const id = newId<EventId>();
  return { ...rest, id, body: Buffer.from(body), receivedAt: systemClock.now(), dedupeKey: id.repeat(2).slice(0, 43) };
}
