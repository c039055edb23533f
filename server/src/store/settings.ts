import { sql } from "kysely";
import type { Tx } from "./database.ts";

/** A value the database keeps about itself, such as which master key it belongs to; undefined when it was never set. */
export async function getSetting(tx: Tx, name: string): Promise<string | undefined> {
  return (await tx.first(sql<{ value: string }>`select value from settings where name = ${name}`))?.value;
}

/** Sets it unless it is set. True for the one that set it: of two at the same moment, the other waits and then finds it taken. */
export async function claimSetting(tx: Tx, name: string, value: string): Promise<boolean> {
  return (await tx.run(sql`insert into settings (name, value) values (${name}, ${value}) on conflict (name) do nothing`)) > 0;
}
