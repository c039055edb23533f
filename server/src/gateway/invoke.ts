import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ConnectionId } from "../kernel/ids.ts";
import type { StoredActionCall } from "../store/action-calls.ts";
import { discardRest } from "../traffic/discard-rest.ts";
import { heldBody } from "../traffic/held-body.ts";
import { type Actions, isActionName } from "./actions.ts";
import { answerJson } from "./answer.ts";
import type { Call } from "./call.ts";
import { goAhead } from "./exchange.ts";
import type { Asked, Performer, Road } from "./performer.ts";
import type { Target } from "./target.ts";

/** Calls an action, or explains the call, for a caller whose rights are known. Throws `Problem` before anything is sent. */
export type Invoke = (call: Call, target: Target, snapshot: EnvironmentSnapshot) => Promise<void>;

export interface InvokeDeps {
  readonly actions: Pick<Actions, "get">;
  readonly performers: Readonly<Record<StoredActionCall["document"]["type"], Performer>>;
  readonly road: Road;
  /** How long the rest of a caller's body is read after an early answer. */
  readonly lingerMs: number;
}

export function createInvoke({ actions, performers, road, lingerMs }: InvokeDeps): Invoke {
  return async (call, target, snapshot) => {
    requirePost(call);
    const { version, checksAnswer } = wantedOf(target);
    const name = { version, action: target.action ?? "" };
    if (!isActionName(name)) throw new Problem("not_found");
    const action = await actions.get(snapshot.org, snapshot.connectionId as ConnectionId, name);
    if (!action) throw new Problem("not_found");
    if (target.kind === "invoke") requireComplete(action.stored);
    const bytes = await wholeBody(call);
    if (bytes === undefined || call.response.destroyed) return road.settle(call, "aborted");
    const asked: Asked = { call, target, snapshot, action, bytes, checksAnswer };
    const performer = performers[action.stored.document.type];
    if (target.kind === "invoke") return performer.invoke(asked);
    answerJson(call.response, await performer.explain(asked), call.requestId);
    discardRest(call.request, call.response, { lingerMs });
    road.settle(call, call.response.destroyed ? "aborted" : "gateway");
  };
}

function requirePost({ request }: Call): void {
  if (request.method !== "POST") throw new Problem("not_found", { message: "An action is called with POST." });
}

interface Wanted {
  readonly version: string;
  readonly checksAnswer: boolean;
}

function wantedOf({ query }: Target): Wanted {
  if (query === "") return standard;
  const [, plain] = plainVersion.exec(query) ?? [];
  if (plain !== undefined) return { version: plain, checksAnswer: false };
  const faults: Fault[] = [];
  const given = new URLSearchParams(query);
  for (const name of new Set(given.keys())) {
    if (name !== "version" && name !== "validate") faults.push({ field: name.slice(0, 100), message: "This parameter is not known here." });
    else if (given.getAll(name).length > 1) faults.push({ field: name, message: "This is there twice." });
  }
  const validate = given.get("validate");
  if (validate !== null && validate !== "response") faults.push({ field: "validate", message: "This must be response." });
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
  return { version: given.get("version") ?? "default", checksAnswer: validate === "response" };
}

// What nearly all calls have, if anything.
const plainVersion = /^version=([A-Za-z0-9._-]+)$/;
const standard: Wanted = { version: "default", checksAnswer: false };

/** Throws `Problem` action_incomplete on an action that nobody could publish. */
export function requireComplete({ errors }: StoredActionCall): void {
  const fields = errors.flatMap(({ field, message, severity }) => (severity === "error" ? [{ field, message }] : []));
  if (fields.length > 0) throw new Problem("action_incomplete", { fields });
}

/** Undefined when the caller goes away first. */
async function wholeBody(call: Call): Promise<Buffer | undefined> {
  const { headers } = call.request;
  const length = headers["content-length"];
  if (length === undefined && headers["transfer-encoding"] === undefined) return nothing;
  if (headers.expect !== undefined && !(Number(length) > bytesMax)) goAhead(call);
  const bytes = await heldBody(call.request, { length, bytesMax, timeoutMs: 60_000, why });
  call.bytesIn = bytes?.length ?? 0;
  if (call.bytesIn > 0 && !isJson(headers["content-type"])) throw new Problem("unsupported_media_type");
  return bytes;
}

const nothing = Buffer.alloc(0);
const bytesMax = 1024 * 1024;
const why = "The input of an action is checked before anything is sent, so all of it is held";

const isJson = (contentType: string | undefined) => contentType !== undefined && /^application\/json[ \t]*(?:;|$)/i.test(contentType);
