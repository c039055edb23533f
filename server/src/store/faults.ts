/** Whether the engine refused a row because `constraint`'s columns are taken. The constraint decides, so two at once cannot both win (B-4). */
export function isTaken(error: unknown, constraint: keyof typeof columnsOf): boolean {
  if (!(error instanceof Error)) return false;
  // PostgreSQL names the constraint (23505); SQLite the columns (SQLITE_CONSTRAINT_UNIQUE, 2067, and _PRIMARYKEY, 1555).
  if ("code" in error && error.code === "23505") return "constraint" in error && error.constraint === constraint;
  return "errcode" in error && (error.errcode === 2067 || error.errcode === 1555) && error.message.includes(columnsOf[constraint]);
}

const columnsOf = {
  environments_name: "environments.org_id, environments.connection_id, environments.name",
  versions_name: "versions.org_id, versions.connection_id, versions.name",
  subscriptions_name: "subscriptions.org_id, subscriptions.connection_id, subscriptions.name",
  actions_name: "actions.org_id, actions.version_id, actions.name",
  triggers_name: "triggers.org_id, triggers.version_id, triggers.name",
  definitions_name: "definitions.org_id, definitions.version_id, definitions.name",
  users_email_key: "users.email",
  organisations_pkey: "organisations.id",
} as const;

/** Whether the engine refused a statement because another row still refers to one, or refers to one that is gone. */
export function isReferenced(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && error.code === "23503") || ("errcode" in error && error.errcode === 787);
}

/** SQLite's primary result code of an error: what kind of trouble, whatever its details. Undefined for what is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  // The low byte; the rest says more about it (SQLITE_IOERR_WRITE is 10 + 3 * 256).
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;
}

/** SQLITE_BUSY: another process has the lock. */
export const isBusy = (error: unknown) => sqliteCode(error) === 5;
