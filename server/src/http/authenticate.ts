import { createKeyring } from "../control/keyring.ts";
import { actorOf } from "../control/members.ts";
import type { Actor } from "../domain/actor.ts";
import { hashKey } from "../domain/api-key.ts";
import type { Caller, Person } from "../domain/person.ts";
import { Problem } from "../kernel/errors.ts";
import { isUlid, type OrganisationId } from "../kernel/ids.ts";
import { sessionCookieOf } from "../people/cookie.ts";
import type { People } from "../people/people.ts";
import { type Incoming, requireSameSite } from "./csrf.ts";

export type { Caller } from "../domain/person.ts";

/** Says who calls. */
export interface Authenticator {
  /**
   * Who calls, within the organisation that the path names. At once, without a promise and without a query, for an API key that was
   * met before. Throws `Problem` unauthenticated when nothing valid was sent; csrf; and not_found, always the same, for an
   * organisation that is malformed, unknown or not the caller's.
   */
  actorFor(request: Incoming, org: string, door?: Door): Actor | Promise<Actor>;
  /** Who calls where no organisation is named. Throws `Problem` unauthenticated or csrf. */
  identify(request: Incoming): Promise<Caller>;
  /** Writes down what is still to be written. */
  close(): Promise<void>;
}

/** A call through the gateway acts on an outside system, so with a cookie no method of it counts as only reading. */
export type Door = "api" | "gateway";

/** Takes `Authorization: Bearer <key>` or the session cookie. Where both are sent, `Authorization` decides alone. */
export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  const { db, people, publicUrl } = deps;
  const keyring = createKeyring(deps);
  const lastSent = new WeakMap<object, { authorization: string; keyHash: string | undefined }>();

  function actorFor(request: Incoming, org: string, door: Door = "api"): Actor | Promise<Actor> {
    const authorization = authorizationOf(request);
    if (authorization === undefined) return memberFor(request, org, door);
    const actor = keyOwner(authorization, request);
    return actor instanceof Promise ? actor.then((one) => within(one, org)) : within(actor, org);
  }

  function keyOwner(authorization: string, { socket }: Incoming): Actor | undefined | Promise<Actor | undefined> {
    // A connection mostly sends one key all its life: comparing it with the last costs a tenth of hashing it again.
    let sent = socket && lastSent.get(socket);
    if (sent?.authorization !== authorization) {
      sent = { authorization, keyHash: keyHashOf(authorization) };
      if (socket) lastSent.set(socket, sent);
    }
    return sent.keyHash === undefined ? undefined : keyring.actorOf(sent.keyHash);
  }

  async function memberFor(request: Incoming, org: string, door: Door): Promise<Actor> {
    const person = await signedIn(request, door);
    const actor = isUlid(org) ? await actorOf({ db }, person.id, org as OrganisationId) : undefined;
    if (!actor) throw new Problem("not_found");
    return actor;
  }

  async function signedIn(request: Incoming, door: Door): Promise<Person> {
    if (sessionCookieOf(request.headers) === undefined) throw new Problem("unauthenticated");
    requireSameSite(request, { publicUrl, methods: door === "gateway" ? "every" : "unsafe" });
    const person = await people.session(request.headers);
    if (!person) throw new Problem("unauthenticated", { message: "The session has ended; sign in again." });
    return person;
  }

  async function identify(request: Incoming): Promise<Caller> {
    const authorization = authorizationOf(request);
    if (authorization === undefined) return { kind: "person", person: await signedIn(request, "api") };
    const actor = await keyOwner(authorization, request);
    if (!actor) throw new Problem("unauthenticated");
    return { kind: "api-key", actor };
  }

  return { actorFor, identify, close: keyring.close };
}

export type AuthenticatorDeps = Parameters<typeof createKeyring>[0] & { readonly people: People; readonly publicUrl: URL };

/** As node:http would tell, which for that makes an object of all the headers, with every call through the gateway. */
function authorizationOf({ rawHeaders, headers }: Incoming): string | undefined {
  if (!rawHeaders) return headers.authorization;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === "authorization".length && name.toLowerCase() === "authorization") return rawHeaders[at + 1];
  }
  return undefined;
}

/** The hash of a bearer key (RFC 6750 section 2.1); undefined for whatever else is sent, and for what is too short or long to be one. */
function keyHashOf(authorization: string): string | undefined {
  const key = /^Bearer +(\S{32,128})$/i.exec(authorization)?.[1];
  return key && hashKey(key);
}

function within(actor: Actor | undefined, org: string): Actor {
  if (!actor) throw new Problem("unauthenticated");
  if (actor.org !== org) throw new Problem("not_found");
  return actor;
}
