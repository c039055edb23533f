import { setTimeout as pause } from "node:timers/promises";
import { credentialEvents } from "../domain/own-event.ts";
import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { CredentialId, NewId, OrganisationId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { getCredential } from "../store/credentials.ts";
import type { Database, Tx } from "../store/database.ts";
import { appendOwnEvents } from "../store/own-events.ts";
import { type Claim, claimRenewal, failRenewal, finishRenewal, type Obstacle, showErrors } from "../store/token-leases.ts";
import { type SealedTokens, type StoredToken, showTokens } from "../store/tokens.ts";
import { failureOf } from "./renewal-failure.ts";
import { requestToken } from "./renewal-request.ts";
import type { Sealer, Seals } from "./seals.ts";
import type { TokenAnswer, TokenEndpoint } from "./token-endpoint.ts";

/** Which token is to be renewed. */
export interface Renewal {
  readonly org: OrganisationId;
  readonly id: CredentialId;
  /** The version that is not good enough any more. */
  readonly version: number;
  /** The application whose secret serves where the credential has none. */
  readonly application: CredentialId | undefined;
}

export interface RenewalDeps {
  readonly db: Database;
  readonly seals: Seals;
  readonly endpoint: Pick<TokenEndpoint, "clientCredentials" | "refresh" | "google">;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  /** Names this process in the lease, for people who look into the table. */
  readonly owner: string;
  /** How long whoever renews has until another may. Well above the time that a token request may take. */
  readonly leaseMs: number;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Resolves when something of the credential changed, on any node, or after `waitMs`. */
  readonly changed: (org: OrganisationId, id: CredentialId, waitMs: number) => Promise<void>;
  readonly count: (outcome: "renewed" | "failed" | "discarded") => void;
}

/**
 * Sees to it that a token newer than the one named is stored, by whichever node: whoever gets the lease asks for it, the others wait
 * (O-5). No database connection is held while the server is asked. Throws `Problem` reauth_required when only a person can help,
 * token_unavailable when there is none to be had now, not_found when the credential is gone.
 */
export async function renew(deps: RenewalDeps, renewal: Renewal): Promise<void> {
  const { db, clock, owner, leaseMs } = deps;
  const { org, id, version, application } = renewal;
  for (let round = 0; round < roundsMax; round++) {
    const startedMs = clock.now().getTime();
    const claim = await db.write(org, (tx) => claimRenewal(tx, org, id, { version, owner, leaseMs, application }));
    if (!claim) throw new Problem("not_found");
    if (!("obstacle" in claim)) {
      const outcome = await perform(deps, org, claim, startedMs + leaseMs / 2);
      if (outcome === "renewed") return;
      if (outcome !== "discarded") throw outcome;
      deps.count("discarded");
    } else if (claim.obstacle === "moved") {
      // What this node keeps in memory must not be older than what was just read.
      return db.changes.caughtUp();
    } else if (claim.obstacle !== "held") throw problemOf(claim.obstacle, claim.token);
    else await deps.changed(org, id, Math.min(pollMs, (claim.token.leaseUntilMs ?? 0) - claim.token.nowMs + 1));
  }
  throw new Problem("token_unavailable", { retryAfterSeconds: 1, message: "The renewal of the token takes too long." });
}

// Together longer than a lease, so that whoever waits for a holder that died takes over.
const roundsMax = 240;
const pollMs = 250;

function problemOf(obstacle: Exclude<Obstacle, "moved" | "held">, { reason, nextTryAtMs = 0, nowMs }: StoredToken): Problem {
  const message = reason === undefined ? {} : { message: reason };
  if (obstacle === "needs_person") return new Problem("reauth_required", message);
  return new Problem("token_unavailable", { ...message, retryAfterSeconds: Math.max(1, Math.ceil((nextTryAtMs - nowMs) / 1000)) });
}

/** Asks and stores the answer; "discarded" when somebody else stored or claimed meanwhile. Gives the problem when it failed. */
async function perform(
  deps: RenewalDeps,
  org: OrganisationId,
  claim: Claim,
  sendBeforeMs: number,
): Promise<"renewed" | "discarded" | Problem> {
  // Held up for so long that the lease may end before the answer is there: another may ask instead (O-6).
  if (deps.clock.now().getTime() > sendBeforeMs) return "discarded";
  const sealer = await deps.seals.of(org);
  let answer: TokenAnswer;
  try {
    answer = await requestToken(deps.endpoint, sealer, org, claim);
  } catch (error) {
    return failed(deps, org, claim, error);
  }
  const { client, token } = claim;
  const lifetimeMs = answer.expiresInSeconds === undefined ? undefined : answer.expiresInSeconds * 1000;
  const sealed = sealedAnswer(sealer, claim, answer);
  const isStored = await insist(deps, () =>
    deps.db.write(org, async (tx) => {
      // Counted from before the request was sent: whatever it took is off the token's life.
      const expiresAtMs = lifetimeMs === undefined ? undefined : token.nowMs + lifetimeMs;
      const content = { sealed, scopes: answer.scopes ?? token.scopes, obtainedAtMs: token.nowMs, expiresAtMs };
      if (!(await finishRenewal(tx, org, claim, content))) return false;
      await showTokens(tx, org, client.id, sealed);
      await showErrors(tx, org, client.id, []);
      return true;
    }),
  );
  if (!isStored) return "discarded";
  deps.count("renewed");
  return "renewed";
}

/** What came, and the refresh token that is there where none came (RFC 6749 section 6). */
function sealedAnswer(sealer: Sealer, { client: { id, type }, token }: Claim, { accessToken, refreshToken }: TokenAnswer): SealedTokens {
  const held = sealer.open({ purpose: "token", id, revision: token.version }, token.sealed);
  const next = type === "oauth2-token" ? (refreshToken ?? held.refreshToken) : undefined;
  const secrets = { accessToken: accessToken.reveal(), ...(next && { refreshToken: next.reveal() }) };
  return sealer.seal({ purpose: "token", id, revision: token.version + 1 }, secrets);
}

async function failed(deps: RenewalDeps, org: OrganisationId, claim: Claim, error: unknown): Promise<"discarded" | Problem> {
  const { reason, retryInMs, isAnswered, isUnexpected } = failureOf(error, claim, deps.random());
  if (isUnexpected) deps.log.error("a token could not be asked for", { organisation: org, error });
  const nextTryAtMs = retryInMs === undefined ? undefined : claim.token.nowMs + retryInMs;
  const isStored = await insist(deps, () =>
    deps.db.write(org, async (tx) => {
      if (!(await failRenewal(tx, org, claim, { reason, nextTryAtMs, isAnswered }))) return false;
      await showErrors(tx, org, claim.client.id, [reason]);
      if (nextTryAtMs === undefined) await tellUsers(deps, tx, org, claim.client.id, reason);
      return true;
    }),
  );
  if (!isStored) return "discarded";
  deps.count("failed");
  const token = { ...claim.token, reason, nextTryAtMs };
  return problemOf(nextTryAtMs === undefined ? "needs_person" : "waits", token);
}

/** Only a person can help: whoever asked to be told is, once for each time that this comes to pass (D-1). */
async function tellUsers({ clock, newId }: RenewalDeps, tx: Tx, org: OrganisationId, id: CredentialId, reason: string): Promise<void> {
  const credential = await getCredential(tx, org, id, clock.now());
  if (!credential) return;
  const drafts = credentialEvents("credential.reauth_required", credential, () => ({ reason }));
  await appendOwnEvents(tx, org, { at: clock.now(), newId }, drafts);
}

/** What a server gave is there once: a database that is away for a moment must not lose it (O-7). Throws what `write` last threw. */
async function insist<Result>({ leaseMs }: RenewalDeps, write: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      const isPassing = error instanceof Problem && (error.code === "database_unavailable" || error.code === "overloaded");
      if (!isPassing || attempt >= insistMax) throw error;
      await pause(Math.min(attempt * 100, leaseMs / 10));
    }
  }
}

const insistMax = 12;
