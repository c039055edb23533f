import type { Readable } from "node:stream";

/** What to send. At most one of `json`, `form`, `file` and `stream`: each goes the way that the client offers for it. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  /** As the field `file` of a multipart form, beside the field `note`. */
  readonly file?: { readonly name: string; readonly bytes: Buffer; readonly note: string };
  readonly stream?: Readable;
  readonly signal?: AbortSignal;
}

export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Unpacked, where the client does that. */
  readonly body: Buffer;
}

/** An HTTP client that nobody here wrote, told to follow no redirects and to repeat nothing. */
export interface HttpClient {
  /** One whole exchange, whatever its status. Rejects when the answer breaks off. */
  send(url: string, sent?: Sent): Promise<Received>;
  /** The body of an answer as it comes. Ends with an error when it is aborted. */
  download(url: string, sent?: Sent): Promise<AsyncIterable<Uint8Array>>;
  /** Exchanges one after the other, in the way in which the client keeps connections. Gives the statuses. */
  sendInTurn(urls: readonly string[], sent?: Sent): Promise<number[]>;
}

/** For clients that keep connections without being told. */
export async function inTurn(send: HttpClient["send"], urls: readonly string[], sent?: Sent): Promise<number[]> {
  const statuses: number[] = [];
  for (const url of urls) statuses.push((await send(url, sent)).status);
  return statuses;
}
