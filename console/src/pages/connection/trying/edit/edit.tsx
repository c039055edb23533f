import type { Action } from "@mooring/contract";

/** Changing an action of a draft. */
export function EditAction({ action }: { action: Action; etag: string | undefined; version: string }) {
  return action.name;
}
