import type { DatabaseSync } from "node:sqlite";
import { type ChangeFeed, createChangeFeed } from "./changes.ts";
import type { Change } from "./database.ts";

export interface SqliteChanges extends ChangeFeed {
  /** To be called inside the transaction that makes the change; what it returns is to be called when that has committed. */
  announce(change: Change): () => void;
  close(): void;
}

/** For one process, which hears its own changes and needs no log of them. */
export function ownChanges(): SqliteChanges {
  const { publish, ...feed } = createChangeFeed(() => true);
  return { ...feed, announce: (change) => () => publish(change), close: () => {} };
}

/**
 * For several processes on one file: each change is also a row of the log, written in the same transaction, and every process looks
 * for rows of the others: every `lookEveryMs`, and whenever `caughtUp` is asked. SQLite tells for microseconds whether anything was
 * committed since (`data_version`). Who was away for longer than the log reaches back is told `everything`.
 */
export function followChanges({ reader, writer }: { reader: DatabaseSync; writer: DatabaseSync }): SqliteChanges {
  const version = reader.prepare("pragma data_version");
  const rowsAfter = reader.prepare("select seq, change from change_log where seq > ? order by seq");
  const insert = writer.prepare("insert into change_log (change) values (?)");
  const trim = writer.prepare("delete from change_log where seq <= ?");
  const own = new Set<number>();
  let live = true;
  let seenVersion = version.get()?.data_version;
  let seen = Number(reader.prepare("select coalesce(max(seq), 0) as seq from change_log").get()?.seq);
  const { publish, ...feed } = createChangeFeed(
    () => live,
    async () => look(),
  );
  const timer = setInterval(look, lookEveryMs).unref();
  return { ...feed, announce, close: () => clearInterval(timer) };

  function announce(change: Change): () => void {
    const seq = Number(insert.run(JSON.stringify(change)).lastInsertRowid);
    if (seq % trimEvery === 0) trim.run(seq - rowsKept);
    return () => {
      own.add(seq);
      publish(change);
    };
  }

  /** While looking fails, nothing kept is trusted; afterwards nothing that was loaded meanwhile is. */
  function look(): void {
    try {
      // Noted before the rows are read, so that a commit in between is looked for the next time.
      const now = version.get()?.data_version;
      if (live && now === seenVersion) return;
      seenVersion = now;
      publishAfter(seen);
      if (!live) publish({ kind: "everything" });
      live = true;
    } catch {
      live = false;
    }
  }

  function publishAfter(last: number): void {
    const rows = rowsAfter.all(last) as unknown as { seq: number; change: string }[];
    // Numbers have no holes: rows are only ever taken away at the beginning, and a number that was rolled back is given again.
    if (rows[0] && rows[0].seq !== last + 1) publish({ kind: "everything" });
    for (const { seq, change } of rows) {
      seen = seq;
      if (!own.has(seq)) publish(JSON.parse(change) as Change);
    }
    // What this process committed was published then, and is behind now.
    own.clear();
  }
}

const lookEveryMs = 25;
const rowsKept = 10_000;
const trimEvery = 1_000;
