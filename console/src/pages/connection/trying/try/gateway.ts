import type { Explanation } from "@mooring/contract";
import { queryText, refusalOf, sendRaw } from "../../../../api/client.ts";

/** A call through the gateway, as it leaves this page: the same for the call itself, for what explains it, and for curl. */
export interface GatewayCall {
  readonly method: string;
  /** On this Mooring, query included. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What has an answer of its own at the gateway. */
interface ActionPlace {
  readonly org: string;
  readonly connection: string;
  readonly environment: string;
  readonly action: string;
  readonly version: string;
}

/** The call of an action. `checksAnswer` has the answer held against what the action says of it. */
export function invokeCall(place: ActionPlace, verb: "invoke" | "explain", asked: Asked): GatewayCall {
  const { org, connection, environment, action, version } = place;
  const parts = ["o", org, "connections", connection, "environments", environment, "actions", action, verb];
  const query = queryText({ version, validate: verb === "invoke" && asked.checksAnswer ? "response" : undefined });
  const headers = { "content-type": "application/json", ...asked.headers };
  return { method: "POST", address: `/${parts.map(encodeURIComponent).join("/")}${query}`, headers, body: asked.body };
}

interface Asked {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly checksAnswer: boolean;
}

/** What a call would come to. Throws a `Refusal`. */
export async function explained({ method, address, headers, body }: GatewayCall, signal: AbortSignal): Promise<Explanation> {
  const response = await sendRaw(method, address, { headers, body, signal, redirect: "manual" });
  const text = await response.text();
  const answer = parsed(text);
  if (!response.ok) throw refusalOf(response, answer);
  return answer as Explanation;
}

/** The answer to a call, whoever gave it. */
export interface CallAnswer {
  /** 0 where the browser keeps it to itself, as it does with a redirect. */
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Why not all of it is here. */
  readonly cut: "stopped" | "broken" | "too long" | undefined;
  readonly durationMs: number;
}

/**
 * Makes a call, and reads its answer up to `bytesMax`. When `signal` ends it, what came until then is the answer; before the head of one it
 * throws. Throws a `Refusal` when Mooring is not reached. `onProgress` hears how many bytes there are.
 */
export async function performed(call: GatewayCall, signal: AbortSignal, onProgress: (bytes: number) => void): Promise<CallAnswer> {
  const began = performance.now();
  const { method, address, headers, body } = call;
  const response = await sendRaw(method, address, { headers, body, signal, redirect: "manual", cache: "no-store" });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let cut: CallAnswer["cut"];
  const reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      chunks.push(part.value);
      bytes += part.value.length;
      onProgress(bytes);
      if (bytes <= bytesMax) continue;
      cut = "too long";
      await reader?.cancel();
      break;
    }
  } catch {
    cut = signal.aborted ? "stopped" : "broken";
  }
  const all = new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  return { status: response.status, headers: [...response.headers], bytes: all, cut, durationMs: performance.now() - began };
}

const bytesMax = 50_000_000;

/** A header of an answer; undefined when it has none of that name. */
export const headerOf = ({ headers }: CallAnswer, name: string) => headers.find(([one]) => one === name)?.[1];

/** JSON, or the text itself when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The call for a shell, with a key of one's own in `MOORING_KEY`. */
export function curlOf({ method, address, headers, body }: GatewayCall, origin: string): string {
  const own = Object.entries(headers).filter(([name]) => name !== "mooring-ignore-headers");
  return [
    `curl${method === "GET" ? "" : ` -X ${method}`} ${quoted(origin + address)}`,
    `-H "Authorization: Bearer $MOORING_KEY"`,
    ...own.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-raw ${quoted(body)}`]),
  ].join(" \\\n  ");
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
