import { setImmediate as nextTurn } from "node:timers/promises";
import { sql } from "kysely";
import type { CallTally, CredentialUse, MinuteCount } from "../domain/call-tally.ts";
import { addDurationsText, type Durations, durationsText } from "../domain/durations.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import { inBatches } from "./batches.ts";
import type { Tx } from "./database.ts";
import { isAmong, rowsOf } from "./lists.ts";

/**
 * Adds what calls come to, to what is there: whichever node counted it, and in whatever order. Calls whose environment was not known
 * count where their connection is one of the organisation's.
 */
export async function addTallies(tx: Tx, org: OrganisationId, tallies: readonly CallTally[]): Promise<void> {
  const minutes = await ofKnownConnections(
    tx,
    org,
    tallies.flatMap((tally) => tally.minutes),
  );
  if (minutes.length === 0) return;
  const all = minutes.map((count) => ({ ...count, connectionId: "", environmentId: "" }));
  const uses = tallies.flatMap((tally) => tally.uses);
  await inTurns(merged([...minutes, ...all]), async (counts) => {
    await addMinutes(tx, org, counts);
    await movePlaces(tx, org, counts);
  });
  await inTurns(lastUses(uses), (last) => moveUses(tx, org, last));
}

/** A portion at a time, with turns of the event loop in between: the embedded engine writes in the thread that makes the calls. */
function inTurns<Row>(rows: readonly Row[], write: (portion: readonly Row[]) => Promise<void>): Promise<void> {
  let isFirst = true;
  return inBatches(
    rows,
    async (portion) => {
      if (!isFirst) await nextTurn();
      isFirst = false;
      await write(portion);
    },
    rowsAtOnce,
  );
}

const rowsAtOnce = 100;

/** Whoever calls can name any id: only those that are connections may take room. */
async function ofKnownConnections(tx: Tx, org: OrganisationId, minutes: readonly MinuteCount[]): Promise<readonly MinuteCount[]> {
  const named = new Set(minutes.filter(({ environmentId }) => environmentId === "").map(({ connectionId }) => connectionId));
  if (named.size === 0) return minutes;
  const rows = await tx.all(sql<{ id: string }>`select id from connections where org_id = ${org} and ${isAmong(tx, "id", [...named])}`);
  const known = new Set(rows.map(({ id }) => id));
  return minutes.filter(({ environmentId, connectionId }) => environmentId !== "" || known.has(connectionId));
}

/** One count for each place and minute, in the order of the key, so that two nodes never wait for each other. */
function merged(counts: readonly MinuteCount[]): MinuteCount[] {
  const byKey = new Map<string, MinuteCount>();
  for (const count of counts) {
    const key = `${count.connectionId} ${String(count.minute).padStart(12, "0")} ${count.environmentId}`;
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? count : sum(known, count));
  }
  return [...byKey].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, count]) => count);
}

const sum = (one: MinuteCount, other: MinuteCount): MinuteCount => ({
  ...one,
  calls: one.calls + other.calls,
  failures: one.failures + other.failures,
  durations: one.durations + other.durations,
  lastCallAt: later(one.lastCallAt, other.lastCallAt),
  lastFailureAt: later(one.lastFailureAt, other.lastFailureAt),
});

const later = (one: string, other: string) => (one > other ? one : other);

async function addMinutes(tx: Tx, org: OrganisationId, counts: readonly MinuteCount[]): Promise<void> {
  const rows = counts.map(({ connectionId, minute, environmentId, calls, failures, durations }) => ({
    connection: connectionId,
    minute,
    environment: environmentId,
    calls,
    failures,
    durations: shortened(durations),
  }));
  const given = rowsOf(tx, rows, {
    connection: "text",
    minute: "number",
    environment: "text",
    calls: "number",
    failures: "number",
    durations: "text",
  });
  const grown = await tx.all(sql<{ connection_id: string; minute: number | string; environment_id: string; long: string | null }>`
    insert into call_minutes (org_id, connection_id, minute, environment_id, calls, failures, durations)
    select ${org}, connection, minute, environment, calls, failures, durations
    from ${given}
    where 1 = 1
    on conflict (org_id, connection_id, minute, environment_id) do update
    set calls = call_minutes.calls + excluded.calls, failures = call_minutes.failures + excluded.failures,
      durations = call_minutes.durations || excluded.durations
    returning connection_id, minute, environment_id, case when length(durations) > ${durationsLengthMax} then durations end as long
  `);
  for (const { connection_id, minute, environment_id, long } of grown) {
    if (long === null) continue;
    await tx.run(sql`
      update call_minutes
      set durations = ${shortened(long)}
      where org_id = ${org} and connection_id = ${connection_id} and minute = ${Number(minute)} and environment_id = ${environment_id}
    `);
  }
}

/** From here on a text is written anew, in its shortest form: until then each batch is only appended. */
const durationsLengthMax = 400;

function shortened(text: string): string {
  const durations: Durations = new Map();
  addDurationsText(durations, text);
  return durationsText(durations);
}

async function movePlaces(tx: Tx, org: OrganisationId, counts: readonly MinuteCount[]): Promise<void> {
  const places = new Map<string, { connection: string; environment: string; called: string; failed: string; oldest: string }>();
  for (const { connectionId, environmentId, minute, lastCallAt, lastFailureAt } of counts) {
    const known = places.get(`${connectionId} ${environmentId}`);
    places.set(`${connectionId} ${environmentId}`, {
      connection: connectionId,
      environment: environmentId,
      called: later(known?.called ?? "", lastCallAt),
      failed: later(known?.failed ?? "", lastFailureAt),
      // Counts come in the order of their minutes.
      oldest: known?.oldest ?? new Date(minute * 60_000).toISOString(),
    });
  }
  const rows = [...places.values()];
  const given = rowsOf(tx, rows, { connection: "text", environment: "text", called: "text", failed: "text", oldest: "text" });
  await tx.run(sql`
    insert into call_places (org_id, connection_id, environment_id, last_call_at, last_failure_at, oldest_at)
    select ${org}, connection, environment, called, failed, oldest
    from ${given}
    where 1 = 1
    on conflict (org_id, connection_id, environment_id) do update
    set last_call_at = case when excluded.last_call_at > call_places.last_call_at then excluded.last_call_at else call_places.last_call_at end,
      last_failure_at = case when excluded.last_failure_at > call_places.last_failure_at then excluded.last_failure_at else call_places.last_failure_at end,
      oldest_at = case when excluded.oldest_at < call_places.oldest_at then excluded.oldest_at else call_places.oldest_at end
  `);
}

/** Each use once, in the order of the key. */
function lastUses(uses: readonly CredentialUse[]): CredentialUse[] {
  const last = new Map<string, CredentialUse>();
  for (const use of uses) {
    const key = `${use.environmentId} ${use.credentialId}`;
    if ((last.get(key)?.lastUsedAt ?? "") < use.lastUsedAt) last.set(key, use);
  }
  return [...last].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, use]) => use);
}

async function moveUses(tx: Tx, org: OrganisationId, uses: readonly CredentialUse[]): Promise<void> {
  const rows = uses.map(({ environmentId, credentialId, lastUsedAt }) => ({
    environment: environmentId,
    credential: credentialId,
    used: lastUsedAt,
  }));
  const given = rowsOf(tx, rows, { environment: "text", credential: "text", used: "text" });
  await tx.run(sql`
    insert into credential_uses (org_id, environment_id, credential_id, last_used_at)
    select ${org}, environment, credential, used
    from ${given}
    where 1 = 1
    on conflict (org_id, environment_id, credential_id) do update
    set last_used_at = excluded.last_used_at
    where credential_uses.last_used_at < excluded.last_used_at
  `);
}
