import { sql } from "kysely";
import type { OrganisationId } from "../../src/kernel/ids.ts";
import { openSqlite } from "../../src/store/sqlite.ts";

/** Adds 1 to a counter as often as it is told, four at a time and without a pause; tells how many were written, and why others were not. */
const [dataDir = "", times = ""] = process.argv.slice(2);
const org = "01K9ZZZZZZZZZZZZZZZZZZZZZA" as OrganisationId;
const db = openSqlite({ dataDir, processes: "several" });
const refused: string[] = [];
let [asked, written] = [0, 0];

async function count(): Promise<void> {
  while (asked < Number(times)) {
    asked += 1;
    try {
      await db.write(org, (tx) => tx.run(sql`update settings set value = cast(cast(value as integer) + 1 as text) where name = 'counter'`));
      written += 1;
    } catch (error) {
      refused.push(String(error));
    }
  }
}

await Promise.all([count(), count(), count(), count()]);
await db.close();
process.send?.({ written, refused });
process.disconnect?.();
