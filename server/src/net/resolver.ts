import { promises as dns } from "node:dns";
import { readFile } from "node:fs/promises";
import { isIPv4 } from "node:net";
import type { Clock } from "../kernel/clock.ts";
import { parseAddress } from "./addresses.ts";

/** The door to the names of the world: every address of `name`. Rejects when there is none. Tests put their own in its place. */
export type Resolve = (name: string) => Promise<readonly ResolvedAddress[]>;

export interface ResolvedAddress {
  readonly address: string;
  readonly ttlSeconds: number;
}

/**
 * Gives every address of one host, IPv4 first: of a literal without asking, of localhost without asking (RFC 6761 section 6.3), of
 * others through `resolve`. An answer is kept as long as it says, but from 1 to 60 seconds, and a failure for 1 second, so that
 * many connections at once make one question. Rejects when there is no address.
 */
export function createHostLookup(host: string, { resolve, clock }: { resolve: Resolve; clock: Clock }): () => Promise<readonly string[]> {
  const name = host.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  if (parseAddress(name)) return () => Promise.resolve([name]);
  if (name === "localhost" || name.endsWith(".localhost")) return () => Promise.resolve(["127.0.0.1"]);
  let kept: { answer: Promise<readonly string[]>; sinceMs: number; forMs: number } | undefined;

  return () => {
    const nowMs = clock.now().getTime();
    const ageMs = kept ? nowMs - kept.sinceMs : 0;
    // A clock that was set back gives a negative age, and must not make an answer last.
    if (kept && ageMs >= 0 && ageMs < kept.forMs) return kept.answer;
    // Whoever comes while the question waits for its answer waits for the same one.
    const asked = { answer: ask(), sinceMs: nowMs, forMs: longestMs };
    kept = asked;
    return asked.answer;

    async function ask(): Promise<readonly string[]> {
      let forMs = shortestMs;
      try {
        const found = await resolve(name);
        const ttlMs = Math.min(...found.map(({ ttlSeconds }) => ttlSeconds * 1000));
        forMs = Math.min(longestMs, Math.max(shortestMs, ttlMs));
        return sorted(found.map(({ address }) => address));
      } finally {
        asked.sinceMs = clock.now().getTime();
        asked.forMs = forMs;
      }
    }
  };
}

/**
 * Asks the operating system's hosts file, then DNS for A and AAAA. Uses c-ares and not getaddrinfo, which would hold the four threads
 * that files and passwords need (L-4); a search list is not applied, so that a name is always a full one. Rejects with the error of
 * node:dns when nothing is found within about 4 seconds.
 */
export function createSystemResolve(resolver: dns.Resolver = new dns.Resolver({ timeout: 1000, tries: 2 })): Resolve {
  return async (name) => {
    const listed = addressesInHosts(await readHosts(), name);
    if (listed.length > 0) return listed.map((address) => ({ address, ttlSeconds: 5 }));
    const answers = await Promise.allSettled([resolver.resolve4(name, { ttl: true }), resolver.resolve6(name, { ttl: true })]);
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (found.length === 0) throw answers.find((answer) => answer.status === "rejected")?.reason;
    return found.map(({ address, ttl }) => ({ address, ttlSeconds: ttl }));
  };
}

/** The addresses that the text of a hosts file gives to `name`, which is in lower case. [] when it does not list it. */
export function addressesInHosts(text: string, name: string): string[] {
  return text.split("\n").flatMap((line) => {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    return parseAddress(address) && names.some((listed) => listed.toLowerCase() === name) ? [address] : [];
  });
}

const shortestMs = 1000;
const longestMs = 60_000;
const hostsPath = process.platform === "win32" ? "C:\\Windows\\System32\\drivers\\etc\\hosts" : "/etc/hosts";

// A machine without the file, as some containers are, has only DNS.
const readHosts = () => readFile(hostsPath, "utf8").catch(() => "");

// IPv4 first: it is there wherever a server runs, and IPv6 that is announced but leads nowhere costs a deadline.
function sorted(addresses: readonly string[]): readonly string[] {
  return addresses.toSorted((one, other) => Number(isIPv4(other)) - Number(isIPv4(one)));
}
