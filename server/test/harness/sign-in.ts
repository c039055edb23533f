import type { AuthSchemeConfigInput, Credential, InitialiseOAuth2ConnectionRequest } from "@mooring/contract";
import type { Actor } from "./actors.ts";
import type { Answer } from "./answers.ts";
import { canaryKey } from "./canary.ts";
import { createClient } from "./client.ts";
import type { RunningMooring } from "./mooring.ts";
import { at, createConnection, createCredential, credentialOf, smallConnection } from "./samples.ts";
import type { World } from "./world.ts";

/** A connection whose only environment calls with a credential that people sign in for, and the request that begins a sign-in. */
export interface SignInConnection {
  readonly params: { readonly connection_id: string };
  readonly credentialId: string;
  readonly body: InitialiseOAuth2ConnectionRequest;
}

/** Where to sign in and where tokens are issued, and what else the credential holds. */
export interface Server {
  readonly tokenUrl: string;
  readonly authorizeUrl?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** The secret of an application that is the same client of the same server; where left out, it is another. */
  readonly applicationSecret?: string;
  readonly scopes?: readonly string[];
  readonly additionalParams?: Readonly<Record<string, string>>;
  readonly baseUrl?: string;
  readonly environment?: string;
}

export async function signInConnection(world: World, server: Server, actor?: Actor): Promise<SignInConnection> {
  const by = actor ?? (await world.as("key"));
  const { authorizeUrl = "https://id.example.com/authorize", tokenUrl, additionalParams, environment = "dev" } = server;
  const { clientId = "id", clientSecret = canaryKey("client"), scopes = ["read"], baseUrl = "https://api.example.com" } = server;
  const data = { clientId, clientSecret, authorizeUrl, tokenUrl, scopes: [...scopes], ...(additionalParams ? { additionalParams } : {}) };
  const application = await applicationOf(world, by, server);
  const authSchemeConfig: AuthSchemeConfigInput = {
    schemeType: "oauth2",
    authorizeUrl,
    tokenUrl,
    scopes: [],
    flows: { authorizationCode: { applicationCredential: { id: application.id } } },
  };
  const credentials = { action: [{ authSchemeConfig, credential: { name: "grant", type: "oauth2-token" as const, data } }] };
  const connection = await createConnection(
    world,
    smallConnection({ baseUrl, environments: [{ name: environment, credentials, variables: [] }] }),
    by,
  );
  const { credential } = at(at(connection.environments, 0).credentials.action ?? [], 0);
  return {
    params: { connection_id: connection.id },
    credentialId: credential.id,
    body: {
      credential: { id: credential.id, organisationId: by.org },
      authorizeUrl,
      clientId,
    },
  };
}

async function applicationOf(world: World, by: Actor, { applicationSecret: clientSecret, tokenUrl }: Server): Promise<Credential> {
  if (clientSecret === undefined) return createCredential(world, "oauth2-client", by);
  const data = { ...credentialOf["oauth2-client"]().data, clientSecret, tokenUrl };
  return (await world.must(by, "CreateCredential", { body: { ...credentialOf["oauth2-client"](), data } })).body;
}

/** A sign-in under way: where the person is sent, its state, and the cookie of the browser that began. */
export interface Begun {
  readonly url: URL;
  readonly state: string;
  readonly cookie: string;
}

export async function begin(world: World, { params, body }: SignInConnection, actor?: Actor): Promise<Begun> {
  return begunOf(world, await world.must(actor ?? (await world.as("key")), "InitialiseOAuth2Connection", { params, body }));
}

export function begunOf(world: World, { body, headers }: Answer<"InitialiseOAuth2Connection">): Begun {
  const url = new URL(body.url);
  const state = url.searchParams.get("state") ?? "";
  const cookie = headers.getSetCookie()[0]?.split(";")[0] ?? "";
  world.shownOnce.push(state, cookie.split("=")[1] ?? "");
  return { url, state, cookie };
}

/** As much of a world as it takes to begin a sign-in, at an address of this Mooring. */
export function beginningAt(origin: URL, { bootstrap, logLines }: RunningMooring): World {
  const client = createClient(origin, { answers: 0, leaks: [] }, logLines);
  const key = { name: "key", org: bootstrap.organisation, headers: { authorization: `Bearer ${bootstrap.apiKey}` } };
  return { ...client, as: async () => key, shownOnce: [] as string[] } as unknown as World;
}
