import type { IncomingHttpHeaders } from "node:http";
import { Problem } from "../kernel/errors.ts";
import type { Net } from "./net.ts";

/**
 * A fetch for libraries that speak a protocol over HTTP, like OAuth 2.0. It goes through the door out, so the egress policy decides
 * where to (S-1); it follows no redirect (S-4), and holds an answer of at most `bodyBytesMax` as it came, because a compressed one
 * could be any size (S-9). All that one such fetch sends takes at most `timeoutMs` from when it was made. Rejects with a Problem.
 */
export function createFetch(net: Pick<Net, "dispatch">, { org, timeoutMs, bodyBytesMax }: FetchLimits): Fetch {
  const endsAtMs = performance.now() + timeoutMs;
  return (url, { method, headers, body }) => {
    const { origin, pathname, search } = new URL(url);
    const answer = Promise.withResolvers<Response>();
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status = 0;
    let received: IncomingHttpHeaders = {};
    const call = net.dispatch(
      {
        org,
        origin,
        path: pathname + search,
        method,
        headers: [...Object.entries(headers).flat(), "accept-encoding", "identity"],
        body: body === undefined ? null : Buffer.from(body.toString()),
        timeoutMs: Math.max(1, endsAtMs - performance.now()),
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, code, fields) {
          status = code;
          received = fields;
          if (isEncoded(fields)) call.abort(nonsense("The answer is compressed, which was not asked for."));
        },
        onResponseData(_controller, chunk) {
          bytes += chunk.length;
          if (bytes > bodyBytesMax) call.abort(nonsense(`The answer is larger than ${bodyBytesMax} bytes.`));
          else chunks.push(Buffer.from(chunk));
        },
        onResponseEnd: () => answer.resolve(responseOf(status, received, Buffer.concat(chunks))),
        onResponseError: (_controller, error) => answer.reject(error),
      },
    );
    return answer.promise;
  };
}

export interface FetchLimits {
  readonly org: string;
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
}

/** As much of the standard's fetch as is asked of it. Whatever `redirect` says, none is followed. */
export type Fetch = (url: string, request: FetchRequest) => Promise<Response>;

export interface FetchRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: URLSearchParams | string | undefined;
}

const isEncoded = ({ "content-encoding": encoding = "identity" }: IncomingHttpHeaders) => encoding.toLowerCase() !== "identity";

function responseOf(status: number, fields: IncomingHttpHeaders, body: Buffer): Response {
  const headers = Object.entries(fields).flatMap(([name, value]): [string, string][] => (typeof value === "string" ? [[name, value]] : []));
  // What a Response cannot hold (a status of 600, a body on a 204) is read as an answer without sense, not as a fault of ours.
  const isPlain = status >= 200 && status <= 599 && !bodiless.has(status);
  return new Response(isPlain ? new Uint8Array(body) : null, { status: status > 599 ? 502 : status, headers });
}

const bodiless = new Set([204, 205, 304]);

function nonsense(message: string): Problem {
  return new Problem("upstream_unreachable", { message });
}
