import { addresses } from "virtual:contract";
import type { AnswerOf, BodyOf, ErrorBody, OperationId, Operations, ParamsOf, QueryOf } from "@mooring/contract";
import { Refusal } from "./problem.ts";

/** What an operation is given. Params and query are typed by the contract; what the contract makes optional is optional. */
export type Given<Id extends OperationId> = (keyof ParamsOf<Id> extends never ? { params?: undefined } : { params: ParamsOf<Id> }) &
  (Operations[Id] extends { query: unknown } ? { query?: Partial<QueryOf<Id>> } : { query?: undefined }) &
  (Operations[Id] extends { body: unknown } ? { body: BodyOf<Id> } : { body?: undefined });

export interface Options {
  /** The `etag` of what was read: the change is refused with 412 when somebody else changed it since. */
  readonly ifMatch?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An answer, and its entity tag where it has one. */
export interface Answer<Body> {
  readonly body: Body;
  readonly etag: string | undefined;
}

/** Performs an operation of the API. Throws a `Refusal` when it did not go well. */
export async function call<Id extends OperationId>(id: Id, given: Given<Id>, options: Options = {}): Promise<Answer<AnswerOf<Id>>> {
  const { params = {}, query, body } = given as Loose;
  const [method = "GET", path = ""] = addresses[id].split(" ");
  const ifMatch = options.ifMatch === undefined ? {} : { "if-match": options.ifMatch };
  return send(method, `${fill(path, params)}${queryText(query)}`, { json: body, headers: ifMatch, signal: options.signal });
}

interface Loose {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

interface Sending {
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Sends to an address of Mooring that is no operation of the contract's table, as `/auth/session`. Throws a `Refusal`. */
export async function send<Body>(method: string, path: string, { json, headers, signal }: Sending = {}): Promise<Answer<Body>> {
  const response = await sendRaw(method, path, {
    headers: { ...(json === undefined ? {} : { "content-type": "application/json" }), ...headers },
    body: json === undefined ? undefined : JSON.stringify(json),
    signal,
  });
  const body = await bodyOf(response);
  if (!response.ok) throw refusalOf(response, body);
  return { body: body as Body, etag: response.headers.get("etag") ?? undefined };
}

/**
 * Sends, and gives the answer as it is, whatever its status: for the gateway, where it may be an outside system's own. Throws a `Refusal`
 * only when Mooring was not reached. An end by `signal` is thrown as it is.
 */
export async function sendRaw(method: string, path: string, { headers, body, signal, ...how }: RawSending = {}): Promise<Response> {
  try {
    return await fetch(path, { method, headers: { "mooring-csrf": "1", ...headers }, body: body ?? null, signal: signal ?? null, ...how });
  } catch (error) {
    if (signal?.aborted) throw error;
    const message = "Mooring does not answer. Is it running, and are you connected?";
    throw new Refusal(0, { code: "unreachable", message }, undefined);
  }
}

interface RawSending {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit | null | undefined;
  readonly signal?: AbortSignal | undefined;
  /** `manual` where an outside system may answer with a redirect: it is not followed. */
  readonly redirect?: RequestRedirect;
  readonly cache?: RequestCache;
}

/** `path` with its parameters filled in, as in `/o/{organisation_id}`. */
export function fill(path: string, params: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
}

/** `?a=b` of what is not undefined; empty when there is nothing. */
export function queryText(query: Readonly<Record<string, unknown>> = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, String(value)]]));
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

async function bodyOf(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const text = await response.text();
  if (!response.headers.get("content-type")?.includes("json")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The refusal that an answer tells, also one that something between the browser and Mooring wrote. */
export function refusalOf({ status, headers }: Refused, body: unknown): Refusal {
  if (typeof body === "object" && body !== null && "message" in body) return new Refusal(status, body as ErrorBody, body);
  const id = headers.get("mooring-request-id");
  const message = `Mooring answered with the status ${status}. Try again${id ? `, and should it stay so, give your operator the request ${id}` : ""}.`;
  return new Refusal(status, { code: "unknown", message }, body);
}

/** Of a `Response`, what is needed for that. */
interface Refused {
  readonly status: number;
  readonly headers: Pick<Headers, "get">;
}
