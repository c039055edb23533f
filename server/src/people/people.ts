import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { normalEmail, type Person, passwordFault } from "../domain/person.ts";
import type { Clock } from "../kernel/clock.ts";
import { Problem } from "../kernel/errors.ts";
import type { NewId, UserId } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Secret } from "../kernel/secret.ts";
import type { Database } from "../store/database.ts";
import * as store from "../store/people.ts";
import type { Passwords } from "../vault/password.ts";
import { createAuth } from "./auth.ts";
import { createLimiter } from "./limiter.ts";
import { createSessions } from "./sessions.ts";
import { createSignIn, hashLink } from "./sign-in.ts";

/**
 * Everybody with an account: who they are, how they sign in, where they are signed in. Nobody can make an account for themselves:
 * people come by the first start or by an invitation. `secret` signs cookies; it is derived from the master key.
 */
export function createPeople(deps: PeopleDeps): People {
  const { db, clock, newId, publicUrl, passwords } = deps;
  const sessions = createSessions({ auth: createAuth(deps), db });
  const signIn = createSignIn({ ...deps, limiter: createLimiter(deps), sessions });

  async function createPerson({ email, name, password }: NewPerson): Promise<UserId> {
    const id = newId<UserId>();
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    await db.write(store.ofNobody, async (tx) => {
      const isNew = await store.insertPerson(tx, { id, name, email: normalEmail(email) }, clock.now());
      if (!isNew) throw new Problem("conflict", { message: "The e-mail address has an account already." });
      if (passwordHash) await store.putPassword(tx, id, { rowId: newId(), hash: passwordHash }, clock.now());
    });
    return id;
  }

  async function hashPassword(password: string): Promise<string> {
    const fault = passwordFault(password);
    if (fault) throw new Problem("invalid_request", { fields: [{ field: "password", message: fault }] });
    return passwords.hash(password);
  }

  async function createSignInLink(userId: UserId): Promise<URL> {
    const token = randomBytes(32).toString("base64url");
    const now = clock.now();
    const link = { id: newId(), tokenHash: hashLink(token), userId, expiresAt: new Date(now.getTime() + linkMinutes * 60_000), now };
    await db.write(store.ofNobody, (tx) => store.insertLink(tx, link));
    // In the fragment: it reaches no server and no log, and no mail scanner or preview uses it up by fetching the page.
    return new URL(`/console/sign-in#token=${token}`, publicUrl);
  }

  async function find(address: string) {
    const person = await db.read(store.ofNobody, (tx) => store.findPerson(tx, normalEmail(address)));
    if (!person) return undefined;
    const { id, name, email, passwordHash } = person;
    return { id, name, email, hasPassword: passwordHash !== undefined };
  }

  return {
    handle: signIn.handle,
    session: sessions.personOf,
    createPerson,
    createSignInLink,
    find,
  };
}

export interface PeopleDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly publicUrl: URL;
  readonly secret: Secret;
  readonly passwords: Passwords;
  readonly log: Log;
}

export interface People {
  /**
   * Answers a request under `/auth/`; see `sign-in.ts` for the table. Throws `Problem`. Whoever mounts it has checked that a
   * request that is not safe comes from this site.
   */
  handle(request: AuthRequest): Promise<AuthAnswer>;
  /** Who is signed in, by the session cookie of a request; undefined when nobody is. Throws `Problem` database_unavailable. */
  session(headers: IncomingHttpHeaders): Promise<Person | undefined>;
  /** Makes an account. Throws `Problem` conflict when the e-mail address has one, invalid_request when the password is too short. */
  createPerson(person: NewPerson): Promise<UserId>;
  /** An address that signs the person in: once, within 15 minutes. */
  createSignInLink(userId: UserId): Promise<URL>;
  /** The person with this e-mail address, in any case; undefined when there is none. */
  find(email: string): Promise<(Person & { readonly hasPassword: boolean }) | undefined>;
}

export interface NewPerson {
  readonly email: string;
  readonly name: string;
  readonly password?: string;
}

export interface AuthRequest {
  readonly method: string;
  /** Without the query, such as `/auth/session`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown;
  /** The network address of the socket's other end. Never taken from a header. */
  readonly peer: string;
}

export interface AuthAnswer {
  readonly status: number;
  /** Values of `Set-Cookie`. */
  readonly cookies: readonly string[];
  readonly body?: unknown;
}

const linkMinutes = 15;
