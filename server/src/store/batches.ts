/**
 * Runs `insert` for the rows in portions of 500, or of `size`, because engines bound the parameters of one statement: SQLite at 32,766,
 * PostgreSQL at 65,535. Does nothing when there are none.
 */
export async function inBatches<Row>(
  rows: readonly Row[],
  insert: (batch: readonly Row[]) => Promise<unknown>,
  size = batchRows,
): Promise<void> {
  for (let at = 0; at < rows.length; at += size) await insert(rows.slice(at, at + size));
}

const batchRows = 500;
