import { sql } from "kysely";
import type { OrganisationId } from "../kernel/ids.ts";
import type { Tx } from "./database.ts";
import { isAmong } from "./lists.ts";

/** Which counts are read: of a connection, or with an empty id of the whole organisation; of all its environments, or of those given. */
export interface MinuteRange {
  readonly connection: string;
  readonly environments: readonly string[] | undefined;
  /** Minutes since the epoch: from this one on, and before that one. */
  readonly from: number;
  readonly to: number;
}

export interface MinuteFigures {
  readonly minute: number;
  readonly environment: string;
  readonly calls: number;
  readonly failures: number;
  readonly durations: string;
}

/** At most `limit` counts behind `after`, in the order of their minutes. [] when there are no more. */
export async function readMinutes(
  tx: Tx,
  org: OrganisationId,
  { connection, environments, from, to }: MinuteRange,
  { after, limit }: { after: Pick<MinuteFigures, "minute" | "environment"> | undefined; limit: number },
): Promise<MinuteFigures[]> {
  const beyond = after === undefined ? sql`` : sql`and (minute, environment_id) > (${after.minute}, ${after.environment})`;
  const within = environments === undefined ? sql`` : sql`and ${isAmong(tx, "environment_id", environments)}`;
  const rows = await tx.all(sql<MinuteRow>`
    select minute, environment_id, calls, failures, durations
    from call_minutes
    where org_id = ${org} and connection_id = ${connection} and minute >= ${after?.minute ?? from} and minute < ${to} ${beyond} ${within}
    order by minute, environment_id
    limit ${limit}
  `);
  return rows.map(({ minute, environment_id, calls, failures, durations }) => ({
    minute: Number(minute),
    environment: environment_id,
    calls: Number(calls),
    failures: Number(failures),
    durations,
  }));
}

interface MinuteRow {
  readonly minute: number | string;
  readonly environment_id: string;
  readonly calls: number | string;
  readonly failures: number | string;
  readonly durations: string;
}
