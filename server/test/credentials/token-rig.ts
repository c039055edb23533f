import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { CredentialCreate, HTTPConnectionCreate } from "@mooring/contract";
import { sql } from "kysely";
import { onTestFinished } from "vitest";
import { bootstrap } from "../../src/bootstrap.ts";
import * as connections from "../../src/control/connections.ts";
import * as credentials from "../../src/control/credentials.ts";
import { createCredentials } from "../../src/credentials/credentials.ts";
import { createTokens, type Tokens } from "../../src/credentials/tokens.ts";
import { type Actor, scopesOfRole } from "../../src/domain/actor.ts";
import { createGateway } from "../../src/gateway/gateway.ts";
import { createSnapshots } from "../../src/gateway/resolve.ts";
import { type Clock, systemClock } from "../../src/kernel/clock.ts";
import { type ConnectionId, type CredentialId, createIds, type OrganisationId } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { createConnectionReads } from "../../src/store/connection-reads.ts";
import type { Database } from "../../src/store/database.ts";
import { readToken, type StoredToken } from "../../src/store/tokens.ts";
import { loadMasterKey } from "../../src/vault/master.ts";
import { createVault } from "../../src/vault/vault.ts";
import type { Place } from "../harness/engines.ts";
import { startTokenServer, type TokenServer } from "../harness/rotating-server.ts";
import { openNet } from "../net/outside.ts";

export const org = "01JAZZ5CB6Q8ZV0000000000FA" as OrganisationId;

/** A token server, a database with one organisation, and nodes that share both. All of it is closed when the test ends. */
export interface TokenRig {
  readonly server: TokenServer;
  readonly db: Database;
  readonly masterKey: string;
  /** Makes a connection whose one environment proves itself with this credential. */
  connect(credential: CredentialCreate): Promise<Connected>;
  /** Another node, with a clock of its own where one is given. */
  node(given?: { clock?: Clock; leaseMs?: number; random?: () => number }): Promise<Node>;
  stored(id: CredentialId): Promise<StoredToken | undefined>;
  /** The stored tokens, opened. */
  opened(id: CredentialId): Promise<Record<string, string>>;
  /** Moves everything that is stored of tokens so far into the past, as if so much time had gone by. */
  age(ms: number): Promise<void>;
  readonly control: credentials.CredentialDeps;
  readonly caller: { actor: Actor; requestId: string };
}

export interface Connected {
  readonly id: CredentialId;
  readonly connectionId: ConnectionId;
}

export interface Node {
  readonly tokens: Tokens;
  /** Resolves when it knows all that was committed so far. */
  caughtUp(): Promise<void>;
  /** How many calls are under way. */
  inFlight(): number;
  /** Calls through the gateway; the answer's status, body or code, and the header Retry-After. */
  call(to: Connected, headers?: Readonly<Record<string, string>>): Promise<{ status: number; said: string; retryAfter: string | null }>;
}

export async function tokenRig(place: Place): Promise<TokenRig> {
  const server = await startTokenServer();
  const masterKey = randomBytes(32).toString("base64");
  const vault = createVault(loadMasterKey({ dataDir: place.dataDir, configured: new Secret(masterKey), mayGenerate: false }));
  const db = await place.open();
  const newId = createIds(systemClock);
  await bootstrap({ db, vault, clock: systemClock, newId }, { organisation: org, apiKey: new Secret(randomBytes(32).toString("hex")) });
  const closing: (() => Promise<unknown>)[] = [() => server.close()];
  onTestFinished(async () => {
    for (const close of closing.toReversed()) await close();
    await db.close();
    await place.remove();
  });
  const { seals } = partsOf(db, systemClock);
  const actor: Actor = {
    kind: "person",
    id: newId(),
    org,
    role: "owner",
    scopes: new Set(scopesOfRole.owner),
    mayChangeProductionSecrets: true,
  };
  const control = { db, clock: systemClock, newId, seals, reads: createConnectionReads(db) };
  const caller = { actor, requestId: newId<string>() };
  return { server, db, masterKey, connect, node, stored, opened, age: (ms) => age(db, org, ms), control, caller };

  function partsOf(on: Database, clock: Clock) {
    const config = { googleTokenUrl: server.tokenUrl, bigQueryUrl: server.origin };
    return createCredentials({ db: on, vault, net: openNet(), clock, log: createLog("silent"), newId, config });
  }

  async function connect(credential: CredentialCreate): Promise<Connected> {
    const made = await credentials.create(control, caller, credential);
    const application = credential.type === "oauth2-token" ? await applicationOf(credential) : undefined;
    const authSchemeConfig =
      credential.type === "binary"
        ? ({ schemeType: "google-service-account" } as const)
        : {
            schemeType: "oauth2" as const,
            authorizeUrl: `${server.origin}/authorize`,
            tokenUrl: server.tokenUrl,
            scopes: [],
            flows: application ? { authorizationCode: { applicationCredential: { id: application } } } : { clientCredentials: {} },
          };
    const environments = [{ name: "prod", credentials: { action: [{ authSchemeConfig, credential: { id: made.id } }] }, variables: [] }];
    const shape = { name: "outside", authSchemeConfigs: [], environments };
    const given =
      credential.type === "binary"
        ? { ...shape, protocol: "bigquery" as const }
        : ({ ...shape, protocol: "http" as const, baseUrl: server.origin } satisfies HTTPConnectionCreate & { protocol: "http" });
    const connection = await connections.create(control, caller, given);
    return { id: made.id as CredentialId, connectionId: connection.id as ConnectionId };
  }

  async function applicationOf({ data }: Extract<CredentialCreate, { type: "oauth2-token" }>): Promise<string> {
    const { accessToken: _, refreshToken: __, ...client } = data;
    return (
      await credentials.create(control, caller, {
        name: "app",
        type: "oauth2-client",
        data: { ...client, clientSecret: "the application's" },
      })
    ).id;
  }

  async function node({ clock = systemClock, ...given }: Parameters<TokenRig["node"]>[0] = {}): Promise<Node> {
    // The embedded engine has one process, whose nodes would share what is open.
    const own = place.engine === "postgres" ? await place.open() : db;
    const log = createLog("silent");
    const parts = partsOf(own, clock);
    const tokens = createTokens({
      db: own,
      seals: parts.seals,
      endpoint: parts.endpoint,
      clock,
      newId,
      log,
      owner: newId<string>(),
      ...given,
    });
    const snapshots = createSnapshots({ load: parts.loadSnapshot, isLive: own.changes.isLive });
    own.changes.subscribe(snapshots.invalidate);
    const net = openNet();
    const newRequestId = () => newId<string>();
    const admission = { callsMax: 1024 };
    const authenticate = () => actor;
    const noActions = { actions: { get: async () => undefined }, sandbox: { validate: async () => [], validateXml: async () => [] } };
    const gateway = createGateway({
      net,
      log,
      snapshots,
      tokens,
      clock,
      authenticate,
      admission,
      lingerMs: 100,
      newRequestId,
      bytesBilledMax: 1_000_000,
      ...noActions,
    });
    const front = createServer((request, response) => void gateway.handle(request, response));
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    closing.push(async () => {
      front.closeAllConnections();
      front.close();
      if (own !== db) await own.close();
    });
    const { port } = front.address() as AddressInfo;
    return {
      tokens,
      caughtUp: () => own.changes.caughtUp(),
      inFlight: () => gateway.stats().inFlight,
      async call({ connectionId }, headers = {}) {
        const url = `http://127.0.0.1:${port}/o/${org}/connections/${connectionId}/environments/prod/proxy/x`;
        const answer = await fetch(url, { headers });
        const body = await answer.text();
        const isOurs = answer.headers.get("mooring-origin") === "gateway";
        return { status: answer.status, said: isOurs ? JSON.parse(body).code : body, retryAfter: answer.headers.get("retry-after") };
      },
    };
  }

  function stored(id: CredentialId): Promise<StoredToken | undefined> {
    return db.read(org, (tx) => readToken(tx, org, id));
  }

  async function opened(id: CredentialId): Promise<Record<string, string>> {
    const row = await stored(id);
    const secrets = (await seals.of(org)).open({ purpose: "token", id, revision: row?.version ?? 0 }, row?.sealed ?? {});
    return Object.fromEntries(Object.entries(secrets).map(([field, secret]) => [field, secret.reveal()]));
  }
}

/** Credentials for the rig's server. */
export const clientAt = ({ origin, tokenUrl }: TokenServer, clientId = "id"): Extract<CredentialCreate, { type: "oauth2-client" }> => ({
  name: "client",
  type: "oauth2-client",
  data: { clientId, clientSecret: "secret", authorizeUrl: `${origin}/authorize`, tokenUrl },
});

export const grantAt = (
  { origin, tokenUrl }: TokenServer,
  tokens: { accessToken?: string; refreshToken?: string },
): Extract<CredentialCreate, { type: "oauth2-token" }> => ({
  name: "grant",
  type: "oauth2-token",
  data: { clientId: "id", clientSecret: "secret", authorizeUrl: `${origin}/authorize`, tokenUrl, scopes: [], ...tokens },
});

/** Moves everything that is stored of an organisation's tokens so far into the past, as if so much time had gone by. */
export async function age(db: Database, of: string, ms: number): Promise<void> {
  const organisation = of as OrganisationId;
  await db.write(organisation, async (tx) => {
    await tx.run(sql`
      update credential_tokens
      set obtained_at = obtained_at - ${ms}, expires_at = expires_at - ${ms}, lease_until = lease_until - ${ms},
        intent_at = intent_at - ${ms}, next_try_at = next_try_at - ${ms}
      where org_id = ${organisation}
    `);
    const rows = await tx.all(sql<{ id: string }>`select credential_id as id from credential_tokens where org_id = ${organisation}`);
    for (const { id } of rows) tx.announce({ kind: "credential", org: organisation, id });
  });
}
