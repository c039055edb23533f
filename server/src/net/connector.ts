import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { buildConnector } from "undici";
import { Problem } from "../kernel/errors.ts";
import { isSameAddress } from "./addresses.ts";
import { decide, type EgressPolicy, type Scheme } from "./egress.ts";

/**
 * Opens the connections of one origin. Each looks the host up once, checks every answer against the policy, connects to a checked
 * address, and checks the address of the open socket before the first byte leaves (S-3); a literal address goes the same way. TLS
 * always verifies the certificate against the host (S-10). Fails with a Problem: egress_denied, upstream_unreachable, upstream_timeout.
 */
export function createConnector(origin: Origin, deps: ConnectorDeps): buildConnector.connector {
  // One session per origin of one organisation: resumption skips the check of the host name, so it must be the same host (T-3).
  let session: Buffer | undefined;
  return (_options, callback) => {
    open().then(
      (socket) => callback(null, socket),
      (error) => callback(error, null),
    );
  };

  async function open(): Promise<Socket> {
    const socket = await openTcp(origin, deps);
    if (origin.scheme === "http:") return socket;
    const secure = await openTls(socket, { host: origin.host, session, timeoutMs: deps.deadlines.tlsMs });
    secure.on("session", (next: Buffer) => {
      session = next;
    });
    return secure;
  }
}

/** The part of a URL that decides where a connection goes. */
export interface Origin {
  /** As in URL.hostname: IPv6 has brackets. */
  readonly host: string;
  readonly port: number;
  readonly scheme: Scheme;
}

export interface ConnectorDeps {
  readonly policy: EgressPolicy;
  readonly lookup: () => Promise<readonly string[]>;
  readonly deadlines: { readonly connectMs: number; readonly tlsMs: number };
  /** Tells whether some call still waits for a connection. */
  readonly isWanted: () => boolean;
  /** Called with what was refused or was open by a rule only, for the operator's log. */
  readonly audit: (event: "refused" | "listed", address: string) => void;
}

/** Every address of `origin`, checked. Throws a Problem when the policy refuses one of them or the lookup finds none. */
export async function checkedAddresses(
  origin: Origin,
  deps: Pick<ConnectorDeps, "policy" | "lookup" | "audit">,
): Promise<readonly string[]> {
  const addresses = await deps.lookup().catch((cause: unknown) => {
    if (cause instanceof Problem) throw cause;
    throw new Problem("upstream_unreachable", { message: "The host name of the outside system does not resolve.", cause });
  });
  if (addresses.length === 0) throw new Problem("upstream_unreachable", { message: "The host name of the outside system has no address." });
  // Whoever runs the name server could keep us busy with checking.
  if (addresses.length > answersMax) {
    throw new Problem("egress_denied", { message: `The host name has more than ${answersMax} addresses.` });
  }
  for (const address of addresses) {
    const verdict = decide({ address, port: origin.port, scheme: origin.scheme }, deps.policy);
    if (!verdict.isAllowed) {
      deps.audit("refused", address);
      throw new Problem("egress_denied", { message: verdict.reason });
    }
    if (verdict.isListed) deps.audit("listed", address);
  }
  return addresses;
}

async function openTcp(origin: Origin, deps: ConnectorDeps): Promise<Socket> {
  // undici keeps a call that was given up in its queue, and would connect for each of them, one after the other.
  if (!deps.isWanted()) throw connectTimeout();
  const startedMs = performance.now();
  const remainingMs = () => deps.deadlines.connectMs - (performance.now() - startedMs);
  const addresses = await within(remainingMs(), checkedAddresses(origin, deps));
  const tried = addresses.slice(0, attemptsMax);
  let failure: unknown;
  for (const [index, address] of tried.entries()) {
    if (remainingMs() <= 0) break;
    // An address that swallows packets may not eat the time of those behind it.
    const timeoutMs = index === tried.length - 1 ? remainingMs() : Math.min(remainingMs(), deps.deadlines.connectMs / tried.length);
    try {
      return await connectTo(address, { port: origin.port, timeoutMs });
    } catch (error) {
      failure = error;
    }
  }
  throw failure ?? connectTimeout();
}

function connectTo(address: string, { port, timeoutMs }: { port: number; timeoutMs: number }): Promise<Socket> {
  return new Promise((settle, reject) => {
    const socket = connectTcp({ host: address, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
    const timer = setTimeout(() => socket.destroy(connectTimeout()), timeoutMs);
    socket.once("error", (cause) => {
      clearTimeout(timer);
      reject(cause instanceof Problem ? cause : new Problem("upstream_unreachable", { message: "No connection could be opened.", cause }));
    });
    socket.once("connect", () => {
      clearTimeout(timer);
      if (isSameAddress(socket.remoteAddress ?? "", address)) settle(socket);
      else socket.destroy(new Problem("egress_denied", { message: "The connection led to another address than the one allowed." }));
    });
  });
}

function openTls(
  socket: Socket,
  { host, session, timeoutMs }: { host: string; session: Buffer | undefined; timeoutMs: number },
): Promise<TLSSocket> {
  const name = host.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return new Promise((settle, reject) => {
    const secure = connectTls({
      socket,
      // RFC 6066 section 3: a literal address is no server name; the certificate is still checked against it.
      ...(isIP(name) ? { host: name } : { host: name, servername: name }),
      ...(session ? { session } : {}),
      ALPNProtocols: ["h2", "http/1.1"],
      minVersion: "TLSv1.2",
      // Said aloud, because the default can be turned off by an environment variable of Node.
      rejectUnauthorized: true,
    });
    const timer = setTimeout(() => {
      secure.destroy(new Problem("upstream_timeout", { message: "The outside system did not finish the TLS handshake in time." }));
    }, timeoutMs);
    secure.once("error", (cause) => {
      clearTimeout(timer);
      socket.destroy();
      reject(cause instanceof Problem ? cause : tlsProblem(cause));
    });
    secure.once("secureConnect", () => {
      clearTimeout(timer);
      settle(secure);
    });
  });
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(connectTimeout()), timeoutMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function connectTimeout(): Problem {
  return new Problem("upstream_timeout", { message: "No connection could be opened in time." });
}

function tlsProblem(cause: Error): Problem {
  const code = "code" in cause && typeof cause.code === "string" ? ` (${cause.code})` : "";
  return new Problem("upstream_unreachable", { message: `The TLS connection to the outside system failed${code}.`, cause });
}

const answersMax = 64;
const attemptsMax = 4;
