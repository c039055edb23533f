import type { CredentialType } from "@mooring/contract";
import type { HeldToken } from "../domain/token.ts";
import type { CredentialId } from "../kernel/ids.ts";
import { type StoredToken, tokenFacts } from "../store/tokens.ts";
import type { Sealer } from "./seals.ts";

/**
 * A stored token on this node's clock, opened; `stored` is undefined before the first. `aheadMs` is how far this node's clock is ahead
 * of the database's: however far that is, the token ends when it ends (O-9). The refresh token stays sealed: no call carries it.
 */
export function heldToken(sealer: Sealer, { id, type, stored, aheadMs }: TokenReading): HeldToken {
  const facts = tokenFacts(stored, type, aheadMs);
  const sealed = facts.accessToken === undefined ? {} : { accessToken: facts.accessToken };
  const { accessToken } = sealer.open({ purpose: "token", id, revision: facts.version }, sealed);
  return { ...facts, accessToken };
}

export interface TokenReading {
  readonly id: CredentialId;
  readonly type: CredentialType;
  readonly stored: StoredToken | undefined;
  readonly aheadMs: number;
}
