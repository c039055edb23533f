import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import type { Log } from "./kernel/log.ts";
import type { Secret } from "./kernel/secret.ts";
import type { Database } from "./store/database.ts";
import { openPostgres } from "./store/postgres.ts";
import { claimSetting, getSetting } from "./store/settings.ts";
import { openSqlite } from "./store/sqlite.ts";
import { deriveSecret } from "./vault/derive.ts";
import { loadMasterKey } from "./vault/master.ts";
import { createVault, type Vault } from "./vault/vault.ts";

/**
 * Opens the database that the settings name, with the master key it belongs to, and the secret that sessions are signed with. Throws
 * an Error when the key is missing, malformed, or another database's: before anything is read or written with it (V-4).
 */
export async function openDatabase(config: Config, log: Log): Promise<{ db: Database; vault: Vault; secret: Secret }> {
  const { dataDir, databaseUrl } = config;
  const mayGenerate = databaseUrl === undefined && !existsSync(join(dataDir, "mooring.db"));
  const master = loadMasterKey({ dataDir, configured: config.masterKey, mayGenerate });
  const vault = createVault(master);
  const processes = config.workers > 1 ? "several" : "one";
  const db = databaseUrl ? await openPostgres({ url: databaseUrl, log }) : openSqlite({ dataDir, processes });
  const stored = await db.write({ keyHash: "start" }, async (tx) => {
    await claimSetting(tx, "master-key-check", vault.keyCheck());
    return getSetting(tx, "master-key-check");
  });
  if (stored !== undefined && vault.passesKeyCheck(stored)) return { db, vault, secret: deriveSecret(master, "sessions") };
  await db.close();
  throw new Error("This database was set up with another master key. Start with that key: what it sealed opens with no other.");
}
