import type { CallBlock } from "../domain/call.ts";
import type { OrganisationId } from "../kernel/ids.ts";
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
  // Not worth a wait for the disk, with which the embedded engine would hold up every call.
  const write = (org: OrganisationId, blocks: readonly CallBlock[]) =>
    db.write(org, (tx) => appendCalls(tx, org, blocks, { callsMax }), { durability: "relaxed" });
  const writer = createCallWriter({ log, write });
  const retention = createRetention(deps);
  return { ...createRecord(writer.add), flush: writer.flush, rows: writer.stats, close };

  async function close(): Promise<void> {
    await retention.close();
    await writer.close();
  }
}
