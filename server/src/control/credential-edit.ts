import { isDeepStrictEqual } from "node:util";
import type { CredentialUpdate } from "@mooring/contract";
import type { Sealer } from "../credentials/seals.ts";
import { isMask, separate, tokensApart } from "../domain/credential.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { OrganisationId } from "../kernel/ids.ts";
import type { CredentialFields } from "../store/credentials.ts";
import type { Tx } from "../store/database.ts";
import { dropToken, forgetFailure, lockOrMakeToken, type SealedTokens, writeTokens } from "../store/tokens.ts";

/** What an update makes of a credential. */
export interface CredentialEdit {
  /** The row after it. */
  readonly fields: CredentialFields;
  readonly tokens: TokenEdit;
  /** The secret fields that are given anew. */
  readonly replaced: readonly string[];
  /** Whether what is known of the last use still holds. */
  readonly errors: "kept" | "forgotten";
}

/**
 * What becomes of the stored token: a credential whose tokens are given has new ones; one from which its token was made, and that says
 * something else now, has none; one that asks with another client for the same grant may try again at once.
 */
type TokenEdit = { readonly kind: "keep" | "drop" | "try-again" } | { readonly kind: "replace"; readonly secrets: Record<string, string> };

/**
 * Compares what is sent with what is stored; undefined when nothing changes. A masked secret keeps what is stored, one that is left out
 * goes (V-8). Throws `Problem` invalid_request with every fault.
 */
export function planEdit(
  sealer: Sealer,
  { stored, tokens }: { stored: CredentialFields; tokens: SealedTokens },
  given: CredentialUpdate,
): CredentialEdit | undefined {
  requireSameCredential(stored, given);
  const { shown, secrets } = separate(given.type, given.data);
  requireStored(secrets, { ...stored.sealed, ...tokens });
  const sent = tokensApart(secrets);
  const isOwnChanged = isChanged(sent.own, stored.sealed);
  const tokenEdit = tokenEditOf(stored, shown, { isOwnChanged, sent: sent.tokens, held: tokens });
  if (!isOwnChanged && tokenEdit.kind === "keep" && given.name === stored.name && isDeepStrictEqual(shown, stored.data)) return undefined;
  const record = { purpose: "credential", id: stored.id, revision: stored.revision } as const;
  const own = isOwnChanged ? { revision: stored.revision + 1, sealed: sealer.reseal(record, stored.sealed, sent.own) } : {};
  return {
    fields: { ...stored, name: given.name, data: shown, ...own },
    tokens: tokenEdit,
    replaced: Object.keys(secrets).filter((field) => !isMask(secrets[field])),
    errors: isOwnChanged || tokenEdit.kind !== "keep" ? "forgotten" : "kept",
  };
}

function requireSameCredential(stored: CredentialFields, given: CredentialUpdate): void {
  const faults: Fault[] = [];
  if (given.id !== stored.id) faults.push({ field: "id", message: "Must be the credential in the path." });
  if (given.type !== stored.type) faults.push({ field: "type", message: `The type stays ${stored.type}.` });
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
}

function requireStored(secrets: Readonly<Record<string, string>>, sealed: SealedTokens): void {
  const missing = Object.keys(secrets).filter((field) => isMask(secrets[field]) && !(field in sealed));
  if (missing.length === 0) return;
  const message = "Nothing is stored that the mask could stand for; send the secret itself.";
  throw new Problem("invalid_request", { fields: missing.map((field) => ({ field: `data.${field}`, message })) });
}

const isChanged = (secrets: Readonly<Record<string, string>>, sealed: SealedTokens) =>
  Object.values(secrets).some((value) => !isMask(value)) || Object.keys(sealed).some((field) => !(field in secrets));

function tokenEditOf(
  { type, data }: CredentialFields,
  shown: CredentialFields["data"],
  { isOwnChanged, sent, held }: { isOwnChanged: boolean; sent: Record<string, string>; held: SealedTokens },
): TokenEdit {
  if (type === "oauth2-token" && isChanged(sent, held)) return { kind: "replace", secrets: sent };
  if (!isOwnChanged && isDeepStrictEqual(clientOf(shown), clientOf(data))) return { kind: "keep" };
  return { kind: type === "oauth2-token" ? "try-again" : "drop" };
}

/** What of a credential goes into a token request. */
function clientOf(data: CredentialFields["data"]): unknown[] {
  const { clientId, tokenUrl, scopes, additionalParams } = data as Record<string, unknown>;
  return [clientId, tokenUrl, scopes, additionalParams];
}

/** Does to the token what the edit says. */
export async function writeTokenEdit(
  tx: Tx,
  org: OrganisationId,
  sealer: Sealer,
  { fields: { id }, tokens }: Pick<CredentialEdit, "fields" | "tokens">,
): Promise<void> {
  if (tokens.kind === "drop") await dropToken(tx, org, id);
  else if (tokens.kind === "try-again") await forgetFailure(tx, org, id);
  if (tokens.kind !== "replace") return;
  const stored = await lockOrMakeToken(tx, org, id);
  const sealed = sealer.reseal({ purpose: "token", id, revision: stored.version }, stored.sealed, tokens.secrets);
  const { accessToken } = tokens.secrets;
  const fresh = {
    scopes: undefined,
    obtainedAtMs: accessToken === undefined ? undefined : stored.nowMs,
    expiresAtMs: undefined,
  };
  const { scopes, obtainedAtMs, expiresAtMs } = isMask(accessToken) ? stored : fresh;
  await writeTokens(tx, org, id, { version: stored.version + 1, sealed, scopes, obtainedAtMs, expiresAtMs });
}
