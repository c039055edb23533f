import type { Readable } from "node:stream";
import { type HttpClient, inTurn, type Received, type Sent } from "./http-client.ts";

/** What of the fetch standard is used here; Node's own and undici's differ in types that do not matter. */
export interface FetchParts {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly FormData: new () => FormData;
}

/** A client on a `fetch` as the standard describes it. */
export function createFetchClient({ fetch, FormData }: FetchParts): HttpClient {
  return { send, download, sendInTurn: (urls, sent) => inTurn(send, urls, sent) };

  async function send(url: string, sent: Sent = {}): Promise<Received> {
    const response = await fetch(url, initOf(sent));
    const body = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  }

  async function download(url: string, sent: Sent = {}): Promise<AsyncIterable<Uint8Array>> {
    const { body } = await fetch(url, initOf(sent));
    if (!body) throw new Error("The answer has no body.");
    return body as unknown as AsyncIterable<Uint8Array>;
  }

  function initOf({ method = "GET", headers = {}, json, form, file, stream, signal }: Sent): RequestInit {
    const base = { method, redirect: "manual", headers, ...(signal ? { signal } : {}) } as const;
    if (json !== undefined) return { ...base, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(json) };
    if (form) return { ...base, body: new URLSearchParams(form) };
    if (stream) return { ...base, body: stream as Readable & BodyInit, duplex: "half" } as RequestInit;
    if (!file) return base;
    const data = new FormData();
    data.append("note", file.note);
    data.append("file", new Blob([new Uint8Array(file.bytes)]), file.name);
    return { ...base, body: data };
  }
}
