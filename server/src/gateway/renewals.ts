import type { Tokens } from "../credentials/tokens.ts";
import type { AppliedCredential, EnvironmentSnapshot } from "../domain/snapshot.ts";
import { type HeldToken, reasonOf, renewAtMs, usableUntilMs } from "../domain/token.ts";
import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { Call } from "./call.ts";
import type { Prepared } from "./prepare.ts";
import type { Snapshots } from "./resolve.ts";
import type { Target } from "./target.ts";

/** What is known here of a call, or of a question that is like one. */
export interface Renewing extends Pick<Call, "snapshot" | "renewals"> {
  readonly request: { readonly rawHeaders: readonly string[] };
  readonly target: Pick<Target, "environment"> | undefined;
}

/** Keeps calls from carrying tokens that have ended. */
export interface Renewals {
  /**
   * Undefined when the call can be made with what `snapshot` holds; a token that will end soon is then renewed in the background. Else
   * what to wait for, after which a fresh snapshot has the token. Throws or rejects with `Problem` reauth_required or token_unavailable
   * when no token can be had, invalid_request when Mooring-Refresh-Credential says something else than `true`.
   */
  before(call: Renewing, snapshot: EnvironmentSnapshot): Promise<void> | undefined;
  /**
   * For a call whose token the outside system refused although it was good: renews it once, and gives what to send the call with again.
   * Undefined when that is of no use: no token can be renewed, all are fresh, or the renewal failed.
   */
  again(call: Renewing): Promise<Prepared | undefined>;
}

export interface RenewalsDeps {
  readonly tokens: Pick<Tokens, "renew" | "renewSoon">;
  readonly snapshots: Pick<Snapshots, "get">;
  readonly clock: Clock;
  readonly prepare: (snapshot: EnvironmentSnapshot) => Prepared;
}

export function createRenewals({ tokens, snapshots, clock, prepare }: RenewalsDeps): Renewals {
  const watches = new WeakMap<EnvironmentSnapshot, Watch>();
  return { before, again };

  function before(call: Renewing, snapshot: EnvironmentSnapshot): Promise<void> | undefined {
    const watch = watches.get(snapshot) ?? watchOf(snapshot);
    if (watch.bearers.length === 0) return undefined;
    if (call.renewals === 0 && isRenewalAsked(call.request.rawHeaders)) return renewed(call, snapshot, watch.bearers);
    const nowMs = clock.now().getTime();
    return nowMs < watch.lookAtMs ? undefined : looked(call, snapshot, watch, nowMs);
  }

  function watchOf(snapshot: EnvironmentSnapshot): Watch {
    const watch: Watch = { bearers: snapshot.credentials.filter(isBearer), lookAtMs: 0 };
    watches.set(snapshot, watch);
    return watch;
  }

  function looked(call: Renewing, snapshot: EnvironmentSnapshot, watch: Watch, nowMs: number): Promise<void> | undefined {
    const ended = watch.bearers.filter(({ token }) => nowMs >= usableUntilMs(token));
    if (ended.length > 0) return renewed(call, snapshot, ended);
    for (const bearer of watch.bearers) if (isDue(bearer.token, nowMs)) tokens.renewSoon(snapshot.org, bearer);
    watch.lookAtMs = Math.min(...watch.bearers.map(({ token }) => nextLookMs(token, nowMs)));
    return undefined;
  }

  async function renewed(call: Renewing, { org }: EnvironmentSnapshot, bearers: readonly Bearer[]): Promise<void> {
    call.renewals += 1;
    if (call.renewals > renewalsMax) throw new Problem("token_unavailable", { retryAfterSeconds: 1 });
    const nowMs = clock.now().getTime();
    for (const { token } of bearers) requireHope(token, nowMs);
    await inTime(Promise.all(bearers.map((bearer) => tokens.renew(org, bearer))));
  }

  async function again(call: Renewing): Promise<Prepared | undefined> {
    const { snapshot, target } = call;
    if (!snapshot || !target) return undefined;
    const nowMs = clock.now().getTime();
    const aged = snapshot.credentials.filter(isBearer).filter(({ token }) => isHopeful(token, nowMs) && ageMs(token, nowMs) > freshMs);
    if (aged.length === 0) return undefined;
    await inTime(Promise.all(aged.map((bearer) => tokens.renew(snapshot.org, bearer))));
    const fresh = await snapshots.get(snapshot.org, snapshot.connectionId as ConnectionId, target.environment);
    // The name may stand for another environment by now, for which nobody has checked the caller's rights.
    if (fresh?.environmentId !== snapshot.environmentId) return undefined;
    call.snapshot = fresh;
    return prepare(fresh);
  }
}

/** Looked at again at `lookAtMs`, so that a warm call compares one number. */
interface Watch {
  readonly bearers: readonly Bearer[];
  lookAtMs: number;
}

type Bearer = AppliedCredential & { readonly token: HeldToken };

const isBearer = (credential: AppliedCredential): credential is Bearer => credential.token !== undefined;

/** More than one renewal is of use only when an edit of the credential came between. */
const renewalsMax = 3;
/** A token that is younger was refused for what it is, not for its age. */
const freshMs = 60_000;
/** How long after a look at a token that is due the next one is. */
const lookAgainMs = 1_000;
const waitMsMax = 30_000;

const ageMs = ({ obtainedAtMs }: HeldToken, nowMs: number) => nowMs - (obtainedAtMs ?? nowMs);

const isHopeful = ({ isRenewable, needsPerson, nextTryAtMs = 0 }: HeldToken, nowMs: number) =>
  isRenewable && !needsPerson && nextTryAtMs <= nowMs;

const isDue = (token: HeldToken, nowMs: number) => nowMs >= renewAtMs(token) && isHopeful(token, nowMs);

function nextLookMs(token: HeldToken, nowMs: number): number {
  const atMs = renewAtMs(token);
  return nowMs < atMs ? atMs : Math.min(usableUntilMs(token), nowMs + lookAgainMs);
}

function requireHope(token: HeldToken, nowMs: number): void {
  if (isHopeful(token, nowMs)) return;
  // The renewal will find that there is nothing to renew it with, once, and write down that only a person can help: so people are told.
  if (!token.isRenewable && !token.needsPerson && nowMs >= usableUntilMs(token)) return;
  const reason = reasonOf(token, nowMs);
  const message = reason === undefined ? {} : { message: `${reason} Nothing was sent.` };
  if (token.needsPerson || !token.isRenewable) throw new Problem("reauth_required", message);
  const retryAfterSeconds = Math.max(1, Math.ceil(((token.nextTryAtMs ?? nowMs) - nowMs) / 1000));
  throw new Problem("token_unavailable", { ...message, retryAfterSeconds });
}

/** Who waits for longer than this is told so; the renewal goes on for those to come. */
async function inTime(renewal: Promise<unknown>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const problem = new Problem("token_unavailable", {
    retryAfterSeconds: 1,
    message: "The renewal of the token takes too long. Nothing was sent.",
  });
  const timer = setTimeout(reject, waitMsMax, problem);
  await Promise.race([renewal, late]).finally(() => clearTimeout(timer));
}

const askingHeader = "mooring-refresh-credential";

function isRenewalAsked(raw: readonly string[]): boolean {
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    // By length first: calls with a token come through here.
    if (name.length !== askingHeader.length || name.toLowerCase() !== askingHeader) continue;
    if (raw[at + 1] === "true") return true;
    throw new Problem("invalid_request", { message: "Mooring-Refresh-Credential is true, or left out." });
  }
  return false;
}
