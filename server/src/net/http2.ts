import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Duplex } from "node:stream";
import { Problem } from "../kernel/errors.ts";

// What undici 8.12 and node:http2 leave open between them, closed from outside.

/**
 * The headers, name, value, name, value, as HTTP/2 can carry them: of a name in several spellings the first counts. Two spellings of one
 * that may be there once only would be an error to node:http2, for which undici ends the connection with every call on it. Throws
 * `Problem` invalid_request on what is forbidden on HTTP/2 (RFC 9113 section 8.2.2) and has the same effect.
 */
export function headersForHttp2(headers: string[]): string[] {
  let spelled: string[] | undefined;
  for (let at = 0; at < headers.length; at += 2) {
    const name = (headers[at] as string).toLowerCase();
    if (forbidden.has(name))
      throw new Problem("invalid_request", { message: `The header ${name} belongs to one connection and is not sent.` });
    for (let before = 0; before < at; before += 2) {
      const known = (spelled ?? headers)[before] as string;
      if (known.length !== name.length || known === headers[at] || known.toLowerCase() !== name) continue;
      spelled ??= [...headers];
      spelled[at] = known;
      break;
    }
  }
  return spelled ?? headers;
}

const forbidden = new Set(["te", "upgrade", "keep-alive", "proxy-connection", "transfer-encoding", "http2-settings"]);

/**
 * Sees to it that an answer over HTTP/2 that was broken off is no whole one: node:http2 ends a stream that the other side reset with
 * NO_ERROR or CANCEL as if all had come, and undici believes it. From now on such a stream fails with ECONNRESET, on every session of
 * this process, until the function that is returned is called.
 */
export function watchHttp2Resets(): () => void {
  subscribe(channel, failUnlessWhole);
  return () => void unsubscribe(channel, failUnlessWhole);
}

/** Published when a stream is closed, in whatever way, before anything else happens to it. */
const channel = "http2.client.stream.close";

function failUnlessWhole(message: unknown): void {
  const { stream } = message as { stream: Duplex & { _readableState: { ended: boolean } } };
  // Not readableEnded, which waits until all was read.
  if (stream._readableState.ended || stream.destroyed) return;
  stream.destroy(Object.assign(new Error("The other side reset the stream."), { code: "ECONNRESET" }));
}
