import { randomBytes } from "node:crypto";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import { type ActionInput, faultsMax, readInput } from "../protocols/http/action/input.ts";
import type { Media, ReadyAction } from "../protocols/http/action/ready.ts";
import { actionHeaders, builtRequest, withCookies } from "../protocols/http/action/request.ts";
import { baseWith, callerHeaders, planRequest } from "../protocols/http/plan.ts";
import type { CallerHeaders } from "../protocols/http/request-headers.ts";
import type { Checks } from "../sandbox/held-against.ts";
import { type CheckRooms, checkedAnswer } from "./answer-check.ts";
import type { Call } from "./call.ts";
import { type Exchange, type MadeRequest, type Planned, requireForwardable, timeoutOf, variablesOf } from "./exchange.ts";
import type { Explain } from "./explain.ts";
import { requireComplete } from "./invoke.ts";
import type { Asked, Performer, Road } from "./performer.ts";
import type { Prepared } from "./prepare.ts";
import { bodyFaults, parameterFaults } from "./validation.ts";

export interface HttpActionDeps {
  readonly sandbox: Checks;
  readonly checkRooms: CheckRooms;
  readonly road: Road;
  readonly prepare: (snapshot: EnvironmentSnapshot) => Prepared;
  readonly exchange: Pick<Exchange, "send">;
  readonly explain: Pick<Explain, "made">;
}

/** Calls actions over HTTP: input is checked whole, then the request is built and sent as any other. */
export function createHttpPerformer({ sandbox, checkRooms, road, prepare, exchange, explain }: HttpActionDeps): Performer {
  return {
    async invoke(asked) {
      const { call, action, checksAnswer } = asked;
      const ready = action.http as ReadyAction;
      const input = inputOf(asked);
      const faults = await faultsOf(asked, input);
      if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
      const prepared = prepare(await road.usable(asked));
      // The caller may have gone while something was waited for.
      if (call.response.destroyed) return road.settle(call, "aborted");
      const made = madeRequest(call, ready, input, prepared);
      const receiver = checksAnswer ? checkedAnswer({ action, checks: sandbox, rooms: checkRooms }) : undefined;
      exchange.send(call, receiver ? { ...made, receiver } : made, prepared, road.settle);
    },

    async explain(asked) {
      const { call, action, snapshot } = asked;
      const ready = action.http as ReadyAction;
      let input: ActionInput | undefined;
      const refused = await problemOf(async () => {
        requireComplete(action.stored);
        input = inputOf(asked);
        const faults = await faultsOf(asked, input);
        if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
      });
      return explain.made(call, snapshot, (prepared) => {
        if (refused || !input) throw refused;
        return madeRequest(call, ready, input, prepared);
      });
    },
  };

  function inputOf({ action, bytes }: Asked): ActionInput {
    const isChecked = ({ definitionId }: Media) => action.schemas.of(definitionId) !== undefined;
    return readInput(action.http as ReadyAction, bytes, { boundary, isChecked });
  }

  /** Everything that is wrong with the input. Those that only a worker can tell are asked for together. */
  async function faultsOf({ action }: Asked, input: ActionInput): Promise<readonly Fault[]> {
    const asked = [bodyFaults(sandbox, action, input), parameterFaults(sandbox, action, input)].filter((one) => one !== undefined);
    if (asked.length === 0) return input.faults;
    const found = await Promise.all(asked);
    return [...input.faults, ...found.flat()].slice(0, faultsMax);
  }
}

/** The request of an action, to be sent with whatever is prepared by then. */
function madeRequest(call: Call, ready: ReadyAction, input: ActionInput, prepared: Prepared): MadeRequest {
  const { rawHeaders } = call.request;
  const first = callerHeaders(rawHeaders, prepared.proof);
  const body = input.body?.bytes ?? null;
  const planned = (by: Prepared) =>
    planAction(call, ready, input, { by, headers: by === prepared ? first : callerHeaders(rawHeaders, by.proof) });
  return { planned, body, headers: first };
}

interface Planning {
  readonly by: Prepared;
  readonly headers: CallerHeaders;
}

function planAction(call: Call, ready: ReadyAction, input: ActionInput, { by, headers }: Planning): Planned {
  const { snapshot, proof, base } = by;
  const { method } = ready;
  requireForwardable(method);
  const overrides = headers.variables === undefined ? undefined : variablesOf(headers.variables);
  const to = overrides === undefined ? base() : baseWith(overrides, snapshot);
  const variables = overrides === undefined ? snapshot.variables : new Map([...snapshot.variables, ...overrides]);
  const built = builtRequest(ready, input, variables);
  const { body } = input;
  const forwarded = actionHeaders(built, { forwarded: headers.forwarded, injected: proof.injected, contentType: body?.contentType });
  const length = body && { contentLength: String(body.bytes.length) };
  const planned = planRequest(to, proof, { path: built.path, query: built.query, headers: { forwarded, ...length } });
  call.sent = { method, path: built.path, query: built.query };
  return {
    org: snapshot.org,
    method,
    origin: planned.origin,
    path: planned.path,
    headers: withCookies(planned.headers, built.cookies, proof),
    body: null,
    timeoutMs: headers.timeoutMs === undefined ? undefined : timeoutOf(headers.timeoutMs),
  };
}

/** Stands between the parts of a body; long enough for nobody to guess it. */
const boundary = () => `mooring-${randomBytes(18).toString("base64url")}`;

async function problemOf(work: () => Promise<void>): Promise<Problem | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}
