import { Problem } from "../kernel/errors.ts";
import type { Net, NetRequest } from "../net/net.ts";
import type { UpstreamHeaders } from "../protocols/http/response-headers.ts";
import { asBuffer, createCollector } from "../traffic/collector.ts";

/** An answer that was read to its end. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: UpstreamHeaders;
  readonly body: Buffer;
}

/**
 * Sends a request and reads all of its answer, of at most `bodyBytesMax` as they came (S-9). Rejects with what `problemOf` understands, and
 * with the signal's reason as soon as that is aborted.
 */
export function wholeAnswer(net: Pick<Net, "dispatch">, request: NetRequest, { bodyBytesMax, signal }: AnswerLimits): Promise<WholeAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<WholeAnswer>();
  const collector = createCollector({ bytesMax: bodyBytesMax });
  let head: Omit<WholeAnswer, "body"> = { status: 0, headers: {} };
  if (signal?.aborted) return Promise.reject(signal.reason);
  const call = net.dispatch(request, {
    onRequestStart() {},
    onResponseStart(_controller, status, headers) {
      head = { status, headers };
    },
    onResponseData(_controller, piece) {
      if (!collector.add(piece)) call.abort(tooLarge(bodyBytesMax));
    },
    onResponseEnd: () => resolve({ ...head, body: asBuffer(collector.bytes()) }),
    onResponseError: (_controller, error) => reject(error),
  });
  const abort = () => call.abort(signal?.reason);
  signal?.addEventListener("abort", abort);
  return promise.finally(() => signal?.removeEventListener("abort", abort));
}

export interface AnswerLimits {
  readonly bodyBytesMax: number;
  readonly signal?: AbortSignal;
}

const tooLarge = (bytesMax: number) => new Problem("upstream_unreachable", { message: `The answer is larger than ${bytesMax} bytes.` });
