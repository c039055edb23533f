import { isDeepStrictEqual } from "node:util";
import type { CredentialUpdate } from "@mooring/contract";
import { Problem } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import { dropPredecessor, keepPredecessor } from "../store/credential-predecessors.ts";
import type { CredentialFields } from "../store/credentials.ts";
import type { Tx } from "../store/database.ts";
import type { CredentialEdit } from "./credential-edit.ts";

/** What becomes of the secret before the one that is good now. */
export type PredecessorEdit = { readonly kind: "keep" | "drop" } | { readonly kind: "replace"; readonly validUntil: Date };

/**
 * A secret that is replaced is good no longer, unless the update gives it time; one before it ends with it, so that never more than two
 * are good (W-7). Throws `Problem` invalid_request when time is given and nothing is replaced.
 */
export function planPredecessor(
  stored: CredentialFields,
  edit: CredentialEdit | undefined,
  given: CredentialUpdate,
  now: Date,
): PredecessorEdit {
  const seconds = "previousValidSeconds" in given ? given.previousValidSeconds : undefined;
  // The user name of a password is not sealed, and yet is part of what is checked.
  const isReplaced = edit !== undefined && (edit.fields.sealed !== stored.sealed || !isDeepStrictEqual(edit.fields.data, stored.data));
  if (seconds === 0) return { kind: "drop" };
  if (isReplaced)
    return seconds === undefined ? { kind: "drop" } : { kind: "replace", validUntil: new Date(now.getTime() + seconds * 1000) };
  if (seconds === undefined) return { kind: "keep" };
  const message = "Nothing is replaced, so there is no secret before it. 0 ends one that was kept earlier.";
  throw new Problem("invalid_request", { fields: [{ field: "previousValidSeconds", message }] });
}

/** Does what the edit says. */
export async function writePredecessor(tx: Tx, org: OrganisationId, stored: CredentialFields, edit: PredecessorEdit): Promise<void> {
  if (edit.kind === "replace") await keepPredecessor(tx, org, stored, edit.validUntil);
  else if (edit.kind === "drop") await dropPredecessor(tx, org, stored.id);
}
