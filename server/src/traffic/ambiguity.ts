import type { IncomingMessage } from "node:http";
import { Problem } from "../kernel/errors.ts";

/**
 * Throws `Problem` ambiguous_request on a request that could be read in two ways, although the server's parser took it (S-7). To be asked as soon as the request is there: what follows on the connection comes right behind it.
 */
export function requireUnambiguous({ rawHeaders: raw, httpVersionMinor }: Pick<IncomingMessage, "rawHeaders" | "httpVersionMinor">): void {
  let hosts = 0;
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    // By length first, because every call comes through here.
    if (name.length === host.length && name.toLowerCase() === host) hosts += 1;
    else if (name.length === coding.length && name.toLowerCase() === coding && raw[at + 1]?.toLowerCase() !== "chunked")
      throw ambiguous("The only transfer coding taken is chunked.");
  }
  // RFC 9112 section 3.2.
  if (hosts > 1) throw ambiguous("The request has more than one Host header.");
  if (hosts === 0 && httpVersionMinor === 1) throw ambiguous("The request has no Host header.");
}

const host = "host";
const coding = "transfer-encoding";

const ambiguous = (message: string) => new Problem("ambiguous_request", { message });
