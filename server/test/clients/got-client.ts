import got, { type Response as GotResponse, type Method, type OptionsInit } from "got";
import { type HttpClient, inTurn, type Received, type Sent } from "./http-client.ts";

/** The client `got`. */
export function createGotClient(): HttpClient {
  const instance = got.extend({ followRedirect: false, throwHttpErrors: false, retry: { limit: 0 } });
  return { send, download, sendInTurn: (urls, sent) => inTurn(send, urls, sent) };

  async function send(url: string, sent: Sent = {}): Promise<Received> {
    const { statusCode, headers, rawBody } = (await instance(url, optionsOf(sent))) as GotResponse;
    return { status: statusCode, headers, body: Buffer.from(rawBody) };
  }

  async function download(url: string, sent: Sent = {}): Promise<AsyncIterable<Uint8Array>> {
    return instance.stream(url, optionsOf(sent));
  }
}

function optionsOf({ method = "GET", headers = {}, json, form, file, stream, signal }: Sent): OptionsInit {
  const base = { method: method as Method, headers, ...(signal ? { signal } : {}) };
  if (json !== undefined) return { ...base, json };
  if (form) return { ...base, form };
  if (stream) return { ...base, body: stream };
  if (!file) return base;
  const body = new FormData();
  body.append("note", file.note);
  body.append("file", new Blob([new Uint8Array(file.bytes)]), file.name);
  return { ...base, body };
}
