import { timingSafeEqual } from "node:crypto";
import type { CredentialDataOAuth2Token, OAuth2CallbackQuery } from "@mooring/contract";
import { exchangeCode } from "../credentials/code-exchange.ts";
import type { Seals } from "../credentials/seals.ts";
import { type TokenEndpoint, TokenRefused, TokenUnavailable } from "../credentials/token-endpoint.ts";
import type { Actor } from "../domain/actor.ts";
import { isIssuerOf } from "../domain/authorization-request.ts";
import { credentialEvents } from "../domain/own-event.ts";
import type { Caller } from "../domain/person.ts";
import { errorCode, plainWords } from "../domain/server-words.ts";
import { Problem } from "../kernel/errors.ts";
import type { ApiKeyId, OrganisationId, UserId } from "../kernel/ids.ts";
import { getApiKey } from "../store/api-keys.ts";
import { type CredentialFields, environmentsUsing, getCredential, lockStoredCredential } from "../store/credentials.ts";
import { credentialsOfFlow, type Flow, findFlow, takeFlow } from "../store/oauth2-flows.ts";
import { showErrors } from "../store/token-leases.ts";
import { type ReplacingTokens, replaceTokens } from "../store/tokens.ts";
import { type ControlDeps, change } from "./change.ts";
import { announceUsers } from "./credentials.ts";
import { actorOf } from "./members.ts";
import { hashOf } from "./oauth2-start.ts";
import { requireSecretRights } from "./rights.ts";

export interface OAuth2FinishDeps extends ControlDeps {
  readonly seals: Seals;
  readonly endpoint: Pick<TokenEndpoint, "exchangeCode">;
}

/** A browser that came back. */
export interface Callback {
  readonly org: OrganisationId;
  /** Who else the browser says it is; undefined when it says nothing. */
  readonly caller: Caller | undefined;
  /** What its cookie for this state holds; undefined when it has none. */
  readonly browserSecret: string | undefined;
  readonly requestId: string;
  readonly query: OAuth2CallbackQuery;
}

/**
 * Ends a sign-in: the state is used up first, then the code is exchanged, then the tokens are stored. So a code is exchanged once,
 * whatever happens after, and who loses the answer begins anew. Throws `Problem` sign_in_unknown, sign_in_refused, forbidden,
 * conflict when the credential was edited meanwhile, or upstream_unreachable.
 */
export async function finish(deps: OAuth2FinishDeps, callback: Callback): Promise<void> {
  const { org, requestId, query } = callback;
  const flow = await take(deps, callback);
  if (query.error !== undefined || query.code === undefined) throw refused(query.error ?? "", query.error_description);
  if (query.iss !== undefined && !isIssuerOf(query.iss, flow)) {
    throw new Problem("sign_in_refused", {
      message: "Another authorization server answered than the one that was asked. The code was not used.",
    });
  }
  const actor = await stillAllowed(deps, org, flow);
  const tokens = await exchanged(deps, org, flow, query.code);
  await change(deps, { actor, requestId }, async (tx, recorder) => {
    const credential = unchanged(await lockStoredCredential(tx, org, flow.credentialId), flow);
    await replaceTokens(tx, org, credential.id, tokens);
    await showErrors(tx, org, credential.id, []);
    recorder.audit({
      operation: "credential.connected",
      subject: { type: "credential", id: credential.id, name: credential.name },
      changes: [{ field: "data.accessToken", after: "(replaced)" }],
    });
    await announceUsers(tx, { actor, requestId }, credential.id, recorder);
    const shown = await getCredential(tx, org, credential.id, deps.clock.now());
    for (const draft of shown ? credentialEvents("credential.connected", shown) : []) recorder.event(draft);
  });
}

/** Whoever has the state but not the browser that began learns nothing and ends nothing (O-1). */
async function take({ db, clock }: OAuth2FinishDeps, { org, caller, browserSecret, query }: Callback): Promise<Flow> {
  const stateHash = hashOf(query.state);
  const found = await db.read(org, (tx) => findFlow(tx, org, stateHash, clock.now()));
  if (!found || browserSecret === undefined || !isSame(hashOf(browserSecret), found.browserHash)) throw new Problem("sign_in_unknown");
  if (caller && !isStarter(caller, found)) throw new Problem("forbidden", { message: "Somebody else began this sign-in." });
  const taken = await db.write(org, (tx) => takeFlow(tx, org, stateHash, clock.now()));
  if (!taken) throw new Problem("sign_in_unknown");
  return taken;
}

const isSame = (one: string, other: string) => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

function isStarter(caller: Caller, { actor }: Flow): boolean {
  return caller.kind === actor.kind && (caller.kind === "person" ? caller.person.id : caller.actor.id) === actor.id;
}

/** Who began, with the rights of now: a key that was revoked meanwhile ends nothing. */
async function stillAllowed(deps: OAuth2FinishDeps, org: OrganisationId, { actor: { kind, id }, credentialId }: Flow): Promise<Actor> {
  const actor = kind === "person" ? await actorOf(deps, id as UserId, org) : await keyOf(deps, org, id as ApiKeyId);
  if (!actor) throw new Problem("forbidden", { message: "Who began the sign-in is gone." });
  requireSecretRights(actor, await deps.db.read(org, (tx) => environmentsUsing(tx, org, [credentialId])));
  return actor;
}

async function keyOf({ db, clock }: OAuth2FinishDeps, org: OrganisationId, id: ApiKeyId): Promise<Actor | undefined> {
  const key = await db.read(org, (tx) => getApiKey(tx, org, id));
  if (!key || (key.expiresAt !== undefined && Date.parse(key.expiresAt) <= clock.now().getTime())) return undefined;
  return { kind: "api-key", id, org, scopes: new Set(key.scopes), mayChangeProductionSecrets: key.scopes.includes("secrets:write") };
}

async function exchanged(deps: OAuth2FinishDeps, org: OrganisationId, flow: Flow, code: string): Promise<ReplacingTokens> {
  const { db, seals, endpoint } = deps;
  const [stored, ...applications] = await db.read(org, (tx) => credentialsOfFlow(tx, org, flow));
  const credential = unchanged(stored, flow);
  try {
    return await exchangeCode({ endpoint, sealer: await seals.of(org) }, org, { flow, credential, applications, code });
  } catch (error) {
    if (error instanceof TokenRefused) throw refused(error.error, error.description);
    if (error instanceof TokenUnavailable) {
      throw new Problem("upstream_unreachable", { message: `${error.message} Begin the sign-in again.`, cause: error });
    }
    throw error;
  }
}

function unchanged(credential: CredentialFields | undefined, { revision, clientId, tokenUrl }: Flow): CredentialFields {
  const own = credential?.data as CredentialDataOAuth2Token | undefined;
  if (credential && credential.revision === revision && own?.clientId === clientId && own.tokenUrl === tokenUrl) return credential;
  throw new Problem("conflict", { message: "The credential was changed since the sign-in began; begin it again." });
}

function refused(error: string, description: string | undefined): Problem {
  const words = description === undefined ? "." : `: ${plainWords(description)}`;
  return new Problem("sign_in_refused", { message: `The authorization server answered ${errorCode(error)}${words}` });
}
