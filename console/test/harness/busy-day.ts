import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Stage } from "./stage.ts";

/**
 * Counts of calls for the day before now, as a company's day has them: quiet at night, with one bad quarter of an hour. Straight into the
 * table, since nobody can call in the past.
 */
export function addBusyDay({ dataDir, org }: Stage, now: Date): void {
  const db = new DatabaseSync(join(dataDir, "mooring.db"));
  const insert = db.prepare(
    "insert into call_minutes (org_id, connection_id, minute, environment_id, calls, failures, durations) values (?, '', ?, '', ?, ?, ?) on conflict do nothing",
  );
  const last = Math.floor(now.getTime() / 60_000) - 1;
  db.exec("begin immediate");
  for (let ago = 0; ago < 24 * 60; ago += 1) {
    const hour = new Date((last - ago) * 60_000).getUTCHours();
    const wave = 40 + 160 * Math.max(0, Math.sin(((hour - 5) / 15) * Math.PI)) + 25 * Math.sin(ago / 3) + ((ago * 7919) % 23);
    const calls = Math.max(3, Math.round(wave));
    const isBad = ago > 24 && ago < 39;
    const failures = Math.round(calls * (isBad ? 0.22 : 0.004));
    // Marks of the scale of durations: most about 50 ms, one in twelve slower, and more so while it was bad.
    const slow = Math.max(1, Math.round(calls / (isBad ? 6 : 12)));
    insert.run(org, last - ago, calls, failures, `33*${calls - slow} ${isBad ? 44 : 38 + (ago % 3)}*${slow} `);
  }
  db.exec("commit");
  db.close();
}
