import type { IncomingMessage, ServerResponse } from "node:http";
import type { Actor } from "../domain/actor.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import { Problem } from "../kernel/errors.ts";
import { type ConnectionId, isUlid, type OrganisationId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Checks } from "../sandbox/held-against.ts";
import { requireUnambiguous } from "../traffic/ambiguity.ts";
import { discardRest } from "../traffic/discard-rest.ts";
import type { Actions } from "./actions.ts";
import { type AdmissionDeps, type AdmissionStats, createAdmission } from "./admission.ts";
import { answerJson, answerProblem } from "./answer.ts";
import { systemDoors } from "./attempts.ts";
import { createBigQuery } from "./bigquery.ts";
import { createBigQueryPerformer } from "./bigquery-action.ts";
import { createBigQueryRequests } from "./bigquery-requests.ts";
import { type Call, newCall } from "./call.ts";
import { createDryRun, type DryRun } from "./dry-run.ts";
import { createExchange, type ExchangeDeps } from "./exchange.ts";
import { createExplain, type ExplainDeps } from "./explain.ts";
import { AnswerRoom } from "./held-answer.ts";
import { createHttpPerformer } from "./http-action.ts";
import { createInvoke } from "./invoke.ts";
import type { Road } from "./performer.ts";
import { createPrepare } from "./prepare.ts";
import { type CallRecord, createRecord, type GatewayStats } from "./record.ts";
import type { Outcome } from "./relay.ts";
import { createRenewals, type RenewalsDeps } from "./renewals.ts";
import type { Snapshots } from "./resolve.ts";
import { type Target, targetOf } from "./target.ts";

/** The data plane: calls to outside systems, on the bare node:http server because every layer above it costs each call. */
export interface Gateway {
  /** Answers a request whose target (RFC 9112 section 3.2) is the gateway's, and is false for others. Never throws; returns before the answer is there. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Whether the connection is being closed after an ambiguous request: nobody may act on what follows on it (S-7). */
  distrusts(socket: object): boolean;
  readonly dryRun: DryRun;
  stats(): GatewayStats & { readonly admission: AdmissionStats };
}

export interface GatewayDeps extends ExchangeDeps {
  readonly net: ExchangeDeps["net"] & ExplainDeps["net"];
  /**
   * Who calls, for this organisation; `org` is as it came, perhaps malformed. At once when warm. Throws or rejects with a `Problem`
   * when nobody known does.
   */
  readonly authenticate: (request: IncomingMessage, org: OrganisationId) => Actor | Promise<Actor>;
  readonly snapshots: Pick<Snapshots, "get">;
  readonly actions: Pick<Actions, "get">;
  /** Holds what callers give, and what outside systems answer, against the definitions of an action. */
  readonly sandbox: Checks;
  readonly tokens: RenewalsDeps["tokens"];
  /** What one query of BigQuery may be billed for at most, in bytes. */
  readonly bytesBilledMax: number;
  readonly admission: Omit<AdmissionDeps, "log">;
  /** A record that only counts, when left out. */
  readonly record?: CallRecord;
  readonly newRequestId: () => string;
  readonly log: Log;
}

export function createGateway(deps: GatewayDeps): Gateway {
  const { authenticate, snapshots, newRequestId, log, record = createRecord() } = deps;
  const admission = createAdmission({ ...deps.admission, log });
  const prepare = createPrepare();
  const renewals = createRenewals({ ...deps, prepare });
  const exchange = createExchange({ ...deps, renew: renewals.again });
  const explain = createExplain(deps);
  const ask = createBigQueryRequests({ ...deps, doors: deps.doors ?? systemDoors });
  const road = { usable, settle };
  const checkRooms = { held: new AnswerRoom(heldBytesMax), read: new AnswerRoom(readBytesMax) };
  const performers = {
    http: createHttpPerformer({ ...deps, road, prepare, exchange, explain, checkRooms }),
    bigquery: createBigQueryPerformer({ ...deps, road, prepare, explain, query: createBigQuery({ ...deps, ask, renew: renewals.again }) }),
  };
  const invoke = createInvoke({ ...deps, performers, road });
  // Connections that are being closed: what follows on one may be the hidden half of an ambiguous request (S-7).
  const distrusted = new WeakSet<object>();
  const stats = () => ({ ...record.stats(), admission: admission.stats() });
  return { handle, distrusts: (socket) => distrusted.has(socket), dryRun: createDryRun({ ...deps, ask, renewals, prepare }), stats };

  function handle(request: IncomingMessage, response: ServerResponse): boolean {
    const target = targetOf(request.url ?? "");
    if (target === undefined) return false;
    if (distrusted.has(request.socket)) return true;
    const call = newCall(request, response, newRequestId());
    record.begin();
    try {
      requireUnambiguous(request);
      const going = authenticated(call, target);
      if (going) going.catch((error: unknown) => refuse(call, error));
    } catch (error) {
      refuse(call, error);
    }
    return true;
  }

  // Each step goes on at once when the one before is at hand, because a promise costs a warm call more than the step itself.
  function authenticated(call: Call, target: Target): Promise<void> | undefined {
    call.target = target;
    const actor = authenticate(call.request, target.org as OrganisationId);
    return actor instanceof Promise ? actor.then((known) => allowed(call, target, known)) : allowed(call, target, actor);
  }

  function allowed(call: Call, target: Target, actor: Actor): Promise<void> | undefined {
    call.actor = actor;
    requireCallRights(actor, target);
    const entry = admission.enter(call, actor.org);
    return entry ? entry.then(() => located(call, target, actor)) : located(call, target, actor);
  }

  function located(call: Call, target: Target, actor: Actor): Promise<void> | undefined {
    const snapshot = snapshots.get(actor.org, target.connection as ConnectionId, target.environment);
    if (snapshot instanceof Promise) return snapshot.then((found) => resolved(call, target, actor, found));
    return resolved(call, target, actor, snapshot);
  }

  function resolved(call: Call, target: Target, actor: Actor, snapshot: EnvironmentSnapshot | undefined): Promise<void> | undefined {
    if (!snapshot) throw new Problem("not_found");
    if (actor.environments && !actor.environments.has(snapshot.environmentId)) {
      throw new Problem("forbidden", { message: "The API key is limited to other environments." });
    }
    call.snapshot = snapshot;
    // The caller may have gone while something was waited for or looked up.
    if (call.response.destroyed) {
      settle(call, "aborted");
      return undefined;
    }
    if (target.kind !== "proxy") return target.action === undefined ? explained(call, target, snapshot) : invoke(call, target, snapshot);
    const renewal = renewals.before(call, snapshot);
    if (renewal) return renewal.then(() => located(call, target, actor));
    exchange.pass(call, target, prepare(snapshot), settle);
    return undefined;
  }

  async function usable({ call, target, snapshot }: Parameters<Road["usable"]>[0]): Promise<EnvironmentSnapshot> {
    for (let current = snapshot; ; ) {
      const renewal = renewals.before(call, current);
      if (!renewal) return current;
      await renewal;
      const fresh = await snapshots.get(snapshot.org, snapshot.connectionId as ConnectionId, target.environment);
      // The name may stand for another environment by now, for which nobody has checked the caller's rights.
      if (fresh?.environmentId !== snapshot.environmentId) throw new Problem("not_found");
      call.snapshot = current = fresh;
    }
  }

  async function explained(call: Call, target: Target, snapshot: EnvironmentSnapshot): Promise<void> {
    const { request, response, requestId } = call;
    answerJson(response, await explain.pass(call, target, snapshot), requestId);
    discardRest(request, response, deps);
    settle(call, response.destroyed ? "aborted" : "gateway");
  }

  function settle(call: Call, outcome: Outcome): void {
    admission.leave(call);
    // Nothing was called, so there is nothing to keep of it.
    if (call.target?.kind === "explain") record.forget();
    else record.end(call, outcome);
  }

  function refuse(call: Call, error: unknown): void {
    const { request, response, requestId } = call;
    const problem = error instanceof Problem ? error : new Problem("internal", { cause: error });
    // Refusals for want of room are counted, and said by whoever refuses. That a token is not to be had shows on the credential.
    if (problem.status >= 500 && problem.code !== "overloaded" && problem.code !== "token_unavailable")
      log.error(problem.code, { requestId, status: problem.status, error });
    if (problem.code === "ambiguous_request") distrusted.add(request.socket);
    call.code = problem.code;
    call.bytesOut = answerProblem(response, problem, requestId);
    discardRest(request, response, deps);
    settle(call, response.destroyed ? "aborted" : "gateway");
  }
}

/** How many bytes of answers are held at a time to be checked, and how many of those are read. */
const heldBytesMax = 128 * 1024 * 1024;
const readBytesMax = 32 * 1024 * 1024;

/** Another organisation answers as an unknown one does; so do a malformed id, and a name with a NUL, which the engines cannot keep. */
function requireCallRights(actor: Actor, { org, connection, environment }: Target): void {
  if (actor.org !== org || !isUlid(connection) || environment.includes("\0")) throw new Problem("not_found");
  if (!actor.scopes.has("gateway:call")) throw new Problem("forbidden", { message: "This needs the scope gateway:call." });
  if (actor.connections && !actor.connections.has(connection)) {
    throw new Problem("forbidden", { message: "The API key is limited to other connections." });
  }
}
