import { hash, randomBytes } from "node:crypto";
import type { CredentialDataOAuth2Token, InitialiseOAuth2ConnectionRequest } from "@mooring/contract";
import type { Sealer, Seals } from "../credentials/seals.ts";
import type { Actor } from "../domain/actor.ts";
import { type AuthorizationRequest, authorizationUrl, faultsOfRequest, withOfflineAccess } from "../domain/authorization-request.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import type { ConnectionId, CredentialId } from "../kernel/ids.ts";
import { type CredentialFields, environmentsUsing, lockStoredCredential, usagesOfCredential } from "../store/credentials.ts";
import type { Tx } from "../store/database.ts";
import { configsOf, type Flow, insertFlow } from "../store/oauth2-flows.ts";
import { type Call, type ControlDeps, change } from "./change.ts";
import { requireConnection, requireSecretRights } from "./rights.ts";

export interface OAuth2StartDeps extends ControlDeps {
  readonly seals: Seals;
  readonly publicUrl: URL;
  /** What the egress policy says to an address that is not https. */
  readonly net: { check(url: URL): Promise<{ readonly allowed: true } | { readonly allowed: false; readonly reason: string }> };
}

/** A sign-in that has begun. */
export interface Started {
  /** Where to send the person. */
  readonly url: string;
  readonly state: string;
  /** For a cookie of the browser that is to end it. */
  readonly browserSecret: string;
}

/**
 * Begins a sign-in that will put tokens into a credential which the connection uses for calls. What decides where the code and the
 * secrets go is kept now, and no later edit changes it (O-4). Throws `Problem` not_found, forbidden, or invalid_request with every fault.
 */
export async function start(
  deps: OAuth2StartDeps,
  call: Call,
  connectionId: ConnectionId,
  given: InitialiseOAuth2ConnectionRequest,
): Promise<Started> {
  const { actor } = call;
  requireConnection(actor, connectionId);
  const plain = await plainHttpFaults(deps, given.authorizeUrl);
  const sealer = await deps.seals.of(actor.org);
  return change(deps, call, async (tx, recorder) => {
    const credential = await fittingCredential(tx, actor, connectionId, given);
    const request = requestOf(deps, actor, credential, given);
    const faults = [...differencesFrom(credential, given), ...plain, ...faultsOfRequest(request)];
    if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
    await requireRights(tx, actor, credential.id);

    const fresh = { state: random(), browserSecret: random(), codeVerifier: random() };
    const now = deps.clock.now();
    const flow = flowOf(sealer, { actor, credential, request, fresh, now });
    const isBegun = await insertFlow(tx, actor.org, flow, { now, waitingMax });
    if (!isBegun) throw new Problem("too_many_requests", { message: `${waitingMax} sign-ins for this credential wait for their end.` });
    recorder.audit({
      operation: "credential.connect_started",
      subject: { type: "credential", id: credential.id, name: credential.name },
    });
    const { state, browserSecret, codeVerifier } = fresh;
    return { url: authorizationUrl(request, { state, codeChallenge: hashOf(codeVerifier) }), state, browserSecret };
  });
}

function flowOf(sealer: Sealer, { actor, credential, request, fresh, now }: Beginning): Flow {
  const stateHash = hashOf(fresh.state);
  return {
    stateHash,
    browserHash: hashOf(fresh.browserSecret),
    actor: { kind: actor.kind, id: actor.id },
    credentialId: credential.id,
    revision: credential.revision,
    clientId: request.clientId,
    authorizeUrl: request.authorizeUrl,
    tokenUrl: (credential.data as CredentialDataOAuth2Token).tokenUrl,
    redirectUri: request.redirectUri,
    sealed: sealer.seal({ purpose: "sign-in", id: stateHash, revision: 1 }, { codeVerifier: fresh.codeVerifier }),
    expiresAt: new Date(now.getTime() + minutesToSignIn * 60_000),
  };
}

interface Beginning {
  readonly actor: Actor;
  readonly credential: CredentialFields;
  readonly request: AuthorizationRequest;
  readonly fresh: { readonly state: string; readonly browserSecret: string; readonly codeVerifier: string };
  readonly now: Date;
}

/** What is kept of a random value, and what PKCE calls S256 (RFC 7636 section 4.2). */
export const hashOf = (value: string) => hash("sha256", value, "base64url");

/** How long a sign-in may take (O-1). */
export const minutesToSignIn = 10;

const waitingMax = 100;

const random = () => randomBytes(32).toString("base64url");

async function plainHttpFaults({ net }: OAuth2StartDeps, authorizeUrl: string): Promise<Fault[]> {
  const url = URL.canParse(authorizeUrl) ? new URL(authorizeUrl) : undefined;
  if (url?.protocol !== "http:") return [];
  const answer = await net.check(url);
  return answer.allowed ? [] : [{ field: "authorizeUrl", message: answer.reason }];
}

/** Throws `Problem` not_found for the connection, invalid_request for a credential that it does not use so. */
async function fittingCredential(
  tx: Tx,
  { org }: Actor,
  connectionId: ConnectionId,
  { credential }: InitialiseOAuth2ConnectionRequest,
): Promise<CredentialFields> {
  const configs = await configsOf(tx, org, connectionId, credential.id);
  if (!configs) throw new Problem("not_found");
  const stored = credential.organisationId === org ? await lockStoredCredential(tx, org, credential.id as CredentialId) : undefined;
  if (!stored) throw faulty("credential.id", "The organisation has no credential with this id.");
  if (stored.type !== "oauth2-token") throw faulty("credential.id", "People sign in for credentials of type oauth2-token.");
  const isUsed = configs.some((config) => config.schemeType === "oauth2" && config.flows.authorizationCode !== undefined);
  if (!isUsed) {
    throw faulty("credential.id", "No environment of the connection uses it for calls with an oauth2 config that has authorizationCode.");
  }
  return stored;
}

const faulty = (field: string, message: string) => new Problem("invalid_request", { fields: [{ field, message }] });

/** Both are sent only so that neither side is mistaken about where the person goes. */
function differencesFrom({ data }: CredentialFields, given: InitialiseOAuth2ConnectionRequest): Fault[] {
  const own = data as CredentialDataOAuth2Token;
  return (["authorizeUrl", "clientId"] as const).flatMap((field) =>
    own[field] === given[field] ? [] : [{ field, message: "This must be what the credential holds." }],
  );
}

/** The redirect URI is a constant of the installation and the organisation: no header of a request has a part in it (O-3). */
function requestOf(
  { publicUrl }: OAuth2StartDeps,
  { org }: Actor,
  { data }: CredentialFields,
  given: InitialiseOAuth2ConnectionRequest,
): AuthorizationRequest {
  const own = data as CredentialDataOAuth2Token;
  const scopes = given.scopes ?? own.scopes;
  return {
    authorizeUrl: given.authorizeUrl,
    clientId: given.clientId,
    redirectUri: new URL(`/o/${org}/auth-schemes/oauth2/callback`, publicUrl).href,
    scopes: given.disableOfflineAccess ? scopes : withOfflineAccess(scopes),
    prompt: given.prompt,
    ownParams: own.additionalParams ?? {},
    additionalParams: given.additionalParams,
  };
}

/** A sign-in replaces a secret wherever the credential serves; a limited key may do so only where all of that is within its limits. */
async function requireRights(tx: Tx, actor: Actor, id: CredentialId): Promise<void> {
  requireSecretRights(actor, await environmentsUsing(tx, actor.org, [id]));
  const usages = await usagesOfCredential(tx, actor.org, id);
  const isWithin = usages.every(({ environment }) =>
    actor.environments ? actor.environments.has(environment.id) : (actor.connections?.has(environment.connection.id) ?? true),
  );
  if (!isWithin) throw new Problem("forbidden", { message: "The API key is limited, and the credential serves beyond its limits." });
}
