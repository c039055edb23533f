import pg from "pg";
import type { Log } from "../kernel/log.ts";
import { type ChangeFeed, createChangeFeed } from "./changes.ts";
import type { Change } from "./database.ts";

/**
 * Hears every node's commits through LISTEN on a connection of its own. A heartbeat on it bounds how long silence can pass
 * for peace: after `heartbeatMs` + `answerMs` at most the feed is not live, and once it is back everything kept is dropped,
 * because notifications sent meanwhile are gone. Together they keep A-1's second.
 */
export async function listenForChanges({
  settings,
  log,
}: {
  settings: pg.ClientConfig;
  log: Log;
}): Promise<ChangeFeed & { publish(change: Change): void; close(): Promise<void> }> {
  let live = false;
  let closed = false;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let asking: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | undefined;
  const feed = createChangeFeed(() => live, caughtUp);
  await connect();
  return { ...feed, close };

  async function connect(): Promise<void> {
    const fresh = new pg.Client({ ...settings, query_timeout: answerMs });
    client = fresh;
    fresh.on("error", () => lose(fresh));
    fresh.on("end", () => lose(fresh));
    fresh.on("notification", ({ payload }) => feed.publish(JSON.parse(payload ?? "{}") as Change));
    try {
      await fresh.connect();
      await fresh.query("listen mooring");
      live = true;
      feed.publish({ kind: "everything" });
      timer = setTimeout(beat, heartbeatMs, fresh);
    } catch (error) {
      lose(fresh);
      if (!closed) log.warn("the change feed is not connected; what is kept in memory is not used", { error });
    }
  }

  /** One question for all who ask while the one before is under way. */
  function caughtUp(): Promise<void> {
    next ??= asking.then(ask);
    return next;
  }

  /**
   * PostgreSQL hands a session the notifications of whatever committed before it answers the session's next statement (its
   * PostgresMain, before ReadyForQuery), and signals them before the writer's commit is answered. So any statement will do.
   */
  async function ask(): Promise<void> {
    // Who asks from now on needs the answer to a later question.
    next = undefined;
    asking = client?.query("").catch(() => {}) ?? Promise.resolve();
    await asking;
  }

  async function beat(current: pg.Client): Promise<void> {
    try {
      await current.query("select 1");
      if (client === current) timer = setTimeout(beat, heartbeatMs, current);
    } catch {
      lose(current);
    }
  }

  function lose(lost: pg.Client): void {
    if (client !== lost) return;
    live = false;
    client = undefined;
    clearTimeout(timer);
    // A half-open socket would wait for its goodbye; nothing on it matters any more.
    (lost as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    feed.publish({ kind: "everything" });
    if (!closed) timer = setTimeout(() => void connect(), reconnectMs);
  }

  async function close(): Promise<void> {
    closed = true;
    clearTimeout(timer);
    const last = client;
    client = undefined;
    await last?.end().catch(() => {});
  }
}

const heartbeatMs = 400;
const answerMs = 400;
const reconnectMs = 250;
