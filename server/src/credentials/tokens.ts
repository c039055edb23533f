import type { AppliedCredential } from "../domain/snapshot.ts";
import { Problem } from "../kernel/errors.ts";
import type { CredentialId, OrganisationId } from "../kernel/ids.ts";
import type { Change } from "../store/database.ts";
import { type Renewal, type RenewalDeps, renew } from "./renewal.ts";

/** Renews the tokens of credentials, each once however many ask, on however many nodes (O-5). */
export interface Tokens {
  /**
   * Resolves when a token newer than the one that `credential` holds is stored, and what is read of it from then on is that one. Rejects
   * with `Problem` reauth_required or token_unavailable when there is none to be had, overloaded when too much is under way.
   */
  renew(org: OrganisationId, credential: AppliedCredential): Promise<void>;
  /** Begins the same in the background. How it ends shows in the stored token. */
  renewSoon(org: OrganisationId, credential: AppliedCredential): void;
  /** Renewals since the start: those that were stored, that failed, and whose answer came when another node had gone on (O-6). */
  stats(): TokenStats;
}

export type TokenStats = Readonly<Record<"renewed" | "failed" | "discarded", number>>;

export interface TokenDeps extends Pick<RenewalDeps, "db" | "seals" | "endpoint" | "clock" | "newId" | "log" | "owner"> {
  /** From 0 to below 1; Math.random when not given. */
  readonly random?: () => number;
  /** How long a renewal is its holder's: 30 s when not given. */
  readonly leaseMs?: number;
}

export function createTokens({ random = Math.random, leaseMs = 30_000, ...deps }: TokenDeps): Tokens {
  const flights = new Map<string, Promise<void>>();
  const waiting = new Map<string, Set<() => void>>();
  const counts = { renewed: 0, failed: 0, discarded: 0 };
  deps.db.changes.subscribe(wake);
  const renewalDeps = { ...deps, random, leaseMs, changed, count: (outcome: keyof TokenStats) => void counts[outcome]++ };
  return { renew: (org, credential) => fly(renewalOf(org, credential)), renewSoon, stats: () => ({ ...counts }) };

  function renewSoon(org: OrganisationId, credential: AppliedCredential): void {
    fly(renewalOf(org, credential)).catch((error: unknown) => {
      if (!(error instanceof Problem)) deps.log.error("a token was not renewed", { organisation: org, error });
    });
  }

  /** Who asks while a renewal of the same credential is under way waits for that one. */
  function fly(renewal: Renewal): Promise<void> {
    const key = keyOf(renewal.org, renewal.id);
    const running = flights.get(key);
    if (running) return running;
    if (flights.size >= flightsMax) return Promise.reject(new Problem("overloaded", { retryAfterSeconds: 1 }));
    const flight = renew(renewalDeps, renewal).finally(() => flights.delete(key));
    flights.set(key, flight);
    return flight;
  }

  function changed(org: OrganisationId, id: CredentialId, waitMs: number): Promise<void> {
    const key = keyOf(org, id);
    const { promise, resolve } = Promise.withResolvers<void>();
    const resolvers = waiting.get(key) ?? new Set();
    waiting.set(key, resolvers.add(resolve));
    const timer = setTimeout(resolve, waitMs);
    return promise.finally(() => {
      clearTimeout(timer);
      resolvers.delete(resolve);
      if (resolvers.size === 0 && waiting.get(key) === resolvers) waiting.delete(key);
    });
  }

  function wake(change: Change): void {
    if (change.kind === "everything") for (const resolvers of waiting.values()) for (const resolve of resolvers) resolve();
    else if (change.kind === "credential") for (const resolve of waiting.get(keyOf(change.org, change.id)) ?? []) resolve();
  }
}

const flightsMax = 1000;

const keyOf = (org: string, id: string) => `${org}/${id}`;

function renewalOf(org: OrganisationId, { credentialId: id, token, config }: AppliedCredential): Renewal {
  const application = config.schemeType === "oauth2" ? config.flows.authorizationCode?.applicationCredential.id : undefined;
  return { org, id, version: token?.version ?? 0, application: application as CredentialId | undefined };
}
