import { appendCalls } from "../store/calls.ts";
import { type CallRecord, createRecord } from "./record.ts";
import { createRetention, type RetentionDeps } from "./record-retention.ts";
import { type CallWriter, type CallWriterStats, createCallWriter } from "./record-writer.ts";

/** The record of calls as a running Mooring keeps it: written to the database, and dropped there when its time is over. */
export interface Recording extends CallRecord, Pick<CallWriter, "flush"> {
  rows(): CallWriterStats;
  /** Writes what waits, for at most 5 s. */
  close(): Promise<void>;
}

export interface RecordingDeps extends RetentionDeps {
  /** How many calls are kept of each organisation; about, because whole blocks are dropped. */
  readonly callsMax: number;
}

export function startRecording(deps: RecordingDeps): Recording {
  const { db, log, callsMax } = deps;
  const writer = createCallWriter({ log, write: (org, blocks) => db.write(org, (tx) => appendCalls(tx, org, blocks, { callsMax })) });
  const retention = createRetention(deps);
  return { ...createRecord(writer.add), flush: writer.flush, rows: writer.stats, close };

  async function close(): Promise<void> {
    await retention.close();
    await writer.close();
  }
}
