import type { ExplainedBody, ExplainedEgress, ExplainedProblem, ExplainedRequest, ExplainedStep, Explanation } from "@mooring/contract";
import { type ExplainedCredential, explainedProof } from "../credentials/explain.ts";
import { placeKey } from "../domain/places.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import { classify } from "../net/addresses.ts";
import type { Deadlines, Net } from "../net/net.ts";
import { passedHeaders } from "../protocols/http/action/request.ts";
import { type DroppedHeader, droppedHeaders } from "../protocols/http/dropped-headers.ts";
import { baseOf, callerHeaders, httpProof } from "../protocols/http/plan.ts";
import type { CallerHeaders } from "../protocols/http/request-headers.ts";
import { signed, signsBody } from "../protocols/http/sign.ts";
import { isSigned, tooLarge } from "../traffic/held-body.ts";
import type { Call } from "./call.ts";
import { hasBody, type MadeRequest, type Planned, plan, signedBytesMax } from "./exchange.ts";
import { explainToken, type TokenExplanation } from "./explain-token.ts";
import type { Prepared } from "./prepare.ts";
import type { Target } from "./target.ts";

export interface ExplainDeps {
  readonly net: Pick<Net, "check" | "deadlines">;
  readonly clock: Clock;
}

/** What a call would come to. */
export interface Explain {
  /** Of a call that goes on as it is. */
  pass(call: Call, target: Target, snapshot: EnvironmentSnapshot): Promise<Explanation>;
  /** Of a call whose request is made here. What `make` throws is what would stand in the call's way. */
  made(call: Call, snapshot: EnvironmentSnapshot, make: (prepared: Prepared) => MadeRequest): Promise<Explanation>;
}

/**
 * Tells what a call would come to: planned as it would be, from masks instead of secrets. Sends nothing, renews nothing, and asks nobody
 * but DNS. What would stand in the call's way is told with its code, and the rest all the same.
 */
export function createExplain({ net, clock }: ExplainDeps): Explain {
  return {
    pass: (call, target, snapshot) =>
      explanation(call, snapshot, (prepared) => {
        const { rawHeaders: raw, method = "GET" } = call.request;
        const headers = callerHeaders(raw, prepared.proof);
        const body = hasBody(headers) ? bodyOf(headers, prepared) : undefined;
        const isTooLarge = body?.held === true && (body.bytes ?? 0) > signedBytesMax;
        const { found: planned, problem } = attempted(() => plan(method, target, prepared, headers));
        return {
          planned,
          body,
          problem: problem ?? (isTooLarge ? tooLarge(signedBytesMax, isSigned) : undefined),
          dropped: droppedHeaders(raw, { forwarded: headers.forwarded, injected: prepared.proof.injected }),
        };
      }),

    made: (call, snapshot, make) =>
      explanation(call, snapshot, (prepared) => {
        const { found, problem } = attempted(() => {
          const { planned, body, isBodyShown = false } = make(prepared);
          const shown = body !== null && { held: true, bytes: body.length, ...(isBodyShown && { text: body.toString() }) };
          return { planned: planned(prepared), body: shown || undefined };
        });
        return { planned: found?.planned, body: found?.body, problem, dropped: droppedByAction(call, prepared) };
      }),
  };

  async function explanation(call: Call, snapshot: EnvironmentSnapshot, work: (prepared: Prepared) => Explained): Promise<Explanation> {
    const { rawHeaders: raw } = call.request;
    const { proof, steps } = explainCredentials(snapshot, { nowMs: clock.now().getTime(), isAsked: isRenewalAsked(raw) });
    const prepared: Prepared = { snapshot, proof: httpProof(proof), base: () => baseOf(snapshot) };
    const { planned, body, problem, dropped } = work(prepared);
    const origin = planned?.origin ?? attempted(prepared.base).found?.origin;
    const egress = origin === undefined ? undefined : await egressOf(net, origin);
    return {
      wouldSend: problem === undefined && egress?.allowed === true && steps.every((step) => step.problem === undefined),
      ...(planned && { request: requestOf(signed(planned, proof.signatures, nothing), body) }),
      ...(problem && { problem: problemOf(problem) }),
      steps,
      ...(egress && { egress }),
      deadlines: deadlinesOf(net.deadlines, planned?.timeoutMs),
      dropped: [...dropped],
    };
  }
}

/** What a call comes to through masked credentials. */
interface Explained {
  readonly planned: Planned | undefined;
  readonly body: ExplainedBody | undefined;
  readonly problem: Problem | undefined;
  readonly dropped: readonly DroppedHeader[];
}

/** The headers of a call of an action that do not go on: those that never do, and those that the action does not send. */
function droppedByAction({ request: { rawHeaders } }: Call, { proof }: Prepared): DroppedHeader[] {
  const { forwarded } = callerHeaders(rawHeaders, proof);
  const never = droppedHeaders(rawHeaders, { forwarded, injected: proof.injected });
  const passed = new Set(passedHeaders(forwarded));
  const unsaid = forwarded.filter((name, at) => at % 2 === 0 && !passed.has(name));
  return [...never, ...unsaid.map((name) => ({ name, why: "The action says which headers are sent." }))];
}

const nothing = Buffer.alloc(0);

/** The steps, and the masked proof that they come to. */
function explainCredentials({ credentials }: EnvironmentSnapshot, moment: { nowMs: number; isAsked: boolean }) {
  const tokens = new Map(credentials.flatMap((one) => (one.token ? [[one, explainToken(one.token, moment)] as const] : [])));
  const { proof, steps } = explainedProof(credentials, (credential) => tokens.get(credential)?.obstacle);
  return { proof, steps: steps.map((step, at) => stepOf(step, steps.slice(at + 1), { at, token: tokens.get(step.credential) })) };
}

function stepOf(
  { credential, sets, signs, problem }: ExplainedCredential,
  later: readonly ExplainedCredential[],
  { at, token }: { at: number; token: TokenExplanation | undefined },
): ExplainedStep {
  const { credentialId, credentialName, config } = credential;
  const overwritten = sets.flatMap((place) => {
    const by = later.findIndex((other) => other.sets.some((one) => placeKey(one) === placeKey(place)));
    return by === -1 ? [] : [{ in: place.in, name: place.name, by: at + 1 + by }];
  });
  return {
    credential: { id: credentialId, ...(credentialName !== undefined && { name: credentialName }) },
    scheme: config.schemeType,
    sets: [...sets],
    ...(signs && { signs: [...signs] }),
    ...(overwritten.length > 0 && { overwritten }),
    ...(token && { token: token.told }),
    ...(problem && { problem: problemOf(problem) }),
  };
}

function bodyOf({ contentLength }: CallerHeaders, { proof }: Prepared): ExplainedBody {
  return { held: signsBody(proof.signatures), ...(contentLength !== undefined && { bytes: Number(contentLength) }) };
}

function requestOf({ method, origin, path, headers }: Planned, body: ExplainedBody | undefined): ExplainedRequest {
  const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [{ name, value: headers[at + 1] ?? "" }] : []));
  return { method, url: origin + path, headers: pairs, ...(body && { body }) };
}

/** A host inside the operator's network gets its addresses told to nobody: a call does not tell them either. */
async function egressOf(net: ExplainDeps["net"], origin: string): Promise<ExplainedEgress> {
  const answer = await net.check(new URL(origin));
  if (!answer.allowed) return { allowed: false, origin, reason: answer.reason };
  const arePublic = answer.addresses.every((address) => classify(address).reach === "global");
  return { allowed: true, origin, ...(arePublic && { addresses: [...answer.addresses] }) };
}

/** No part of a call takes longer than all of it may. */
function deadlinesOf(deadlines: Deadlines, timeoutMs = deadlines.totalMs): Explanation["deadlines"] {
  const { connectMs, tlsMs, headersMs, idleMs, totalMs } = deadlines;
  const most = Math.min(timeoutMs, totalMs);
  const within = (limitMs: number) => Math.min(limitMs, most);
  return { connectMs: within(connectMs), tlsMs: within(tlsMs), headersMs: within(headersMs), idleMs: within(idleMs), totalMs: most };
}

const isRenewalAsked = (raw: readonly string[]) =>
  raw.some((name, at) => at % 2 === 0 && name.toLowerCase() === "mooring-refresh-credential" && raw[at + 1] === "true");

const problemOf = ({ code, message, fields }: Problem): ExplainedProblem => ({ code, message, ...(fields && { fields: [...fields] }) });

/** What `work` gives, or the problem it throws. */
function attempted<Found>(work: () => Found): { found?: Found; problem?: Problem } {
  try {
    return { found: work() };
  } catch (error) {
    if (error instanceof Problem) return { problem: error };
    throw error;
  }
}
