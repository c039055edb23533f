import type { Readable } from "node:stream";
import axios, { type AxiosRequestConfig } from "axios";
import { type HttpClient, inTurn, type Received, type Sent } from "./http-client.ts";

/** The client `axios`, on its adapter for Node. */
export function createAxiosClient(): HttpClient {
  const instance = axios.create({ maxRedirects: 0, maxBodyLength: Number.POSITIVE_INFINITY, validateStatus: () => true, proxy: false });
  return { send, download, sendInTurn: (urls, sent) => inTurn(send, urls, sent) };

  async function send(url: string, sent: Sent = {}): Promise<Received> {
    const { status, headers, data } = await instance.request({ url, responseType: "arraybuffer", ...configOf(sent) });
    return { status, headers: { ...headers }, body: Buffer.from(data as Uint8Array) };
  }

  async function download(url: string, sent: Sent = {}): Promise<AsyncIterable<Uint8Array>> {
    const { data } = await instance.request({ url, responseType: "stream", ...configOf(sent) });
    return data as Readable;
  }
}

function configOf({ method = "GET", headers = {}, json, form, file, stream, signal }: Sent): AxiosRequestConfig {
  const base = { method, headers, ...(signal ? { signal } : {}) };
  if (json !== undefined) return { ...base, data: json };
  if (form) return { ...base, headers: { ...headers, "content-type": "application/x-www-form-urlencoded" }, data: form };
  if (stream) return { ...base, data: stream };
  if (!file) return base;
  const data = new FormData();
  data.append("note", file.note);
  data.append("file", new Blob([new Uint8Array(file.bytes)]), file.name);
  return { ...base, data };
}
