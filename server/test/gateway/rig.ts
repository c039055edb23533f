import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { AuthSchemeConfig, Scope } from "@mooring/contract";
import { onTestFinished } from "vitest";
import type { Actor } from "../../src/domain/actor.ts";
import type { CredentialSecrets } from "../../src/domain/credential.ts";
import type { AppliedCredential, EnvironmentSnapshot } from "../../src/domain/snapshot.ts";
import { createActions } from "../../src/gateway/actions.ts";
import { type RetryDoors, systemDoors } from "../../src/gateway/attempts.ts";
import { createGateway, type Gateway } from "../../src/gateway/gateway.ts";
import type { CallRecord } from "../../src/gateway/record.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { Problem } from "../../src/kernel/errors.ts";
import {
  type ApiKeyId,
  type ConnectionId,
  type CredentialId,
  createIds,
  type EnvironmentId,
  type OrganisationId,
} from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { parseEgressRule } from "../../src/net/egress.ts";
import { createNet, type Deadlines } from "../../src/net/net.ts";
import type { Checks } from "../../src/sandbox/held-against.ts";
import type { StoredActionCall } from "../../src/store/action-calls.ts";

export const org = "01KA0RG0000000000000000001" as OrganisationId;
export const connectionId = "01KAC0NN000000000000000001" as ConnectionId;
export const environmentId = "01KAENV0000000000000000001" as EnvironmentId;
export const proxyPath = `/o/${org}/connections/${connectionId}/environments/prod/proxy`;
/** In every secret of these tests; no answer of the gateway's own may hold it (V-7). */
export const canary = "c4nary-5ecret";

export const apiKey = (place: "header" | "query" | "cookie", name: string, value = canary) =>
  applied({ schemeType: "api-key", name, in: place }, { type: "string", value: new Secret(value) });
export const basicAuth = (username: string, password = canary) =>
  applied({ schemeType: "basic-auth" }, { type: "basic-auth", username, password: new Secret(password) });
export const applied = (config: AuthSchemeConfig, secrets: CredentialSecrets): AppliedCredential => ({
  id: "01KAVSE0000000000000000001",
  credentialId: "01KACRED000000000000000001" as CredentialId,
  config,
  secrets,
});

export const actor: Actor = {
  kind: "api-key",
  id: "01KAKEY0000000000000000001" as ApiKeyId,
  org,
  scopes: new Set<Scope>(["gateway:call"]),
  mayChangeProductionSecrets: false,
};

/** The real gateway and the real door out, in front of an upstream on loopback. All of it is closed when the test ends. */
export async function rig(
  given: {
    upstream?: (request: IncomingMessage, response: ServerResponse) => void;
    snapshot?: Partial<EnvironmentSnapshot>;
    authenticate?: (request: IncomingMessage) => Actor | Promise<Actor>;
    allow?: readonly string[];
    deadlines?: Partial<Deadlines>;
    lingerMs?: number;
    doors?: Partial<RetryDoors>;
    admission?: { callsMax?: number; waitMs?: number };
    record?: CallRecord;
    /** Of every version, by their names. */
    actions?: Readonly<Record<string, StoredActionCall>>;
    sandbox?: Checks;
  } = {},
): Promise<Rig> {
  const seen: Seen[] = [];
  const upstream = await listening((request, response) => {
    seen.push({ method: request.method ?? "", url: request.url ?? "", rawHeaders: request.rawHeaders });
    if (given.upstream) given.upstream(request, response);
    else request.resume().on("end", () => response.end("upstream's own"));
  });
  const base = `http://127.0.0.1:${portOf(upstream)}`;
  const snapshot: EnvironmentSnapshot = {
    org,
    connectionId,
    connectionName: "shop",
    environmentId,
    environmentName: "prod",
    protocol: "http",
    baseUrl: base,
    variables: new Map([["port", String(portOf(upstream))]]),
    credentials: [],
    ...given.snapshot,
  };
  const snapshots = new Map<OrganisationId, EnvironmentSnapshot>([[org, snapshot]]);
  const snapshotOf = (of: OrganisationId) => {
    const found = snapshots.get(of) ?? { ...snapshot, org: of };
    snapshots.set(of, found);
    return found;
  };
  const log = createLog("silent");
  const net = createNet({
    allow: (given.allow ?? ["127.0.0.0/8"]).map(parseEgressRule),
    log,
    clock: systemClock,
    ...(given.deadlines && { deadlines: given.deadlines }),
  });
  const gateway = createGateway({
    bytesBilledMax: 1_000_000,
    net,
    authenticate: given.authenticate ?? (() => actor),
    snapshots: {
      get: (of, connection, environment) =>
        connection === connectionId && environment === "prod" ? snapshotOf(of) : Promise.resolve(undefined),
    },
    actions: createActions({ isLive: () => true, load: async (_org, _connection, { action }) => given.actions?.[action] }),
    sandbox: given.sandbox ?? { validate: unasked, validateXml: unasked },
    newRequestId: createIds(systemClock),
    admission: { callsMax: 1024, ...given.admission },
    log,
    lingerMs: given.lingerMs ?? 500,
    clock: systemClock,
    doors: { ...systemDoors, ...given.doors },
    ...(given.record && { record: given.record }),
    // The snapshot is fixed, so nothing that a renewal stores would ever show.
    tokens: { renew: () => Promise.reject(new Problem("token_unavailable")), renewSoon() {} },
  });
  const begin = (request: IncomingMessage, response: ServerResponse) => {
    if (!gateway.handle(request, response)) response.writeHead(404).end();
  };
  const front = await listening(begin);
  front.on("checkContinue", begin);
  onTestFinished(async () => {
    front.closeAllConnections();
    upstream.closeAllConnections();
    await net.close();
  });
  return {
    base,
    port: portOf(front),
    upstreamPort: portOf(upstream),
    seen,
    gateway,
    net,
    call: (path, options) => call(portOf(front), proxyPath + path, options),
  };
}

export interface Rig {
  readonly base: string;
  readonly port: number;
  readonly upstreamPort: number;
  /** Every request that reached the upstream. */
  readonly seen: Seen[];
  readonly gateway: Gateway;
  readonly net: ReturnType<typeof createNet>;
  /** Calls through the gateway and reads the whole answer. */
  call(path: string, options?: CallOptions): Promise<Answer>;
}

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: string[];
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** The body as the contract's Error. */
  readonly error: { readonly code?: string; readonly message?: string };
}

/** One whole exchange on a connection of its own. */
export async function call(port: number, path: string, { method = "GET", headers = [], body }: CallOptions = {}): Promise<Answer> {
  const framing =
    body === undefined || headers.some((one) => /^(content-length|transfer-encoding)$/i.test(one))
      ? []
      : ["Content-Length", String(Buffer.byteLength(body))];
  const sent = httpRequest({
    port,
    host: "127.0.0.1",
    method,
    path,
    agent: false,
    headers: ["Host", "mooring.test", ...headers, ...framing],
  });
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  sent.on("error", reject);
  sent.on("response", (response) => {
    const pieces: Buffer[] = [];
    response.on("data", (piece: Buffer) => pieces.push(piece));
    response.on("error", reject);
    response.on("end", () => {
      const whole = Buffer.concat(pieces);
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        rawHeaders: response.rawHeaders,
        body: whole,
        error: errorOf(response, whole),
      });
    });
  });
  sent.end(body);
  return promise;
}

/** The values a header came with, in order. */
export function valuesOf({ rawHeaders }: { rawHeaders: readonly string[] }, name: string): string[] {
  return rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

async function listening(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer({ requireHostHeader: false }, handler);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  return server;
}

const unasked = () => Promise.reject(new Error("Nothing is held against a schema here."));

const portOf = (server: Server) => (server.address() as AddressInfo).port;

function errorOf(response: IncomingMessage, body: Buffer): Answer["error"] {
  return response.headers["mooring-origin"] === "gateway" && body.length > 0 ? JSON.parse(body.toString()) : {};
}
