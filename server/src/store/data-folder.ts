import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A hold on a data folder. The operating system lets go of it when the process dies, however it dies. */
export interface Hold {
  release(): void;
}

/**
 * Keeps every other Mooring off `dataDir`, which is made when absent: off for good with `alone`, and with `forWorkers` only those that
 * `joinFolder`. Throws `DatabaseInUse` at once when another Mooring has it; what one that was killed left behind is given 2 s to go.
 */
export function holdFolder(dataDir: string, use: "alone" | "forWorkers"): Hold {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return hold(dataDir, 0, (lock) => {
    // Rolled back, not committed: that would already need everybody else to be gone.
    lock.exec("pragma journal_mode = delete; begin immediate; rollback");
    lock.exec(`pragma busy_timeout = ${leftoversMs}; begin exclusive`);
    if (use === "forWorkers") lock.exec("rollback; begin immediate");
  });
}

/**
 * Takes part in the hold of the process that started this one: as long as this lives, no other Mooring can have the folder, not even
 * when that process is gone. Throws `DatabaseInUse` when one has it.
 */
export function joinFolder(dataDir: string): Hold {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return hold(dataDir, leftoversMs, (lock) => lock.exec("begin; select count(*) from sqlite_schema"));
}

/** Another Mooring serves this data folder. */
export class DatabaseInUse extends Error {
  constructor(dataDir: string) {
    super(
      `Another Mooring is running on the data folder ${dataDir}. Stop it first, or give this one its own MOORING_DATA_DIR. ` +
        "Several nodes share one PostgreSQL through MOORING_DATABASE_URL.",
    );
    this.name = "DatabaseInUse";
  }
}

const leftoversMs = 2_000;

/** The lock is an open transaction on a file of its own: an exclusive one, one that is about to write, or any number that read. */
function hold(dataDir: string, timeout: number, take: (lock: DatabaseSync) => void): Hold {
  const lock = new DatabaseSync(join(dataDir, "mooring.lock"), { timeout });
  try {
    take(lock);
  } catch {
    lock.close();
    throw new DatabaseInUse(dataDir);
  }
  return { release: () => lock.close() };
}
