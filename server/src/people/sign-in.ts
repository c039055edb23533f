import { hash, randomBytes } from "node:crypto";
import { normalEmail, type Person, passwordFault } from "../domain/person.ts";
import { type Fault, Problem } from "../kernel/errors.ts";
import { isTaken } from "../store/faults.ts";
import * as store from "../store/people.ts";
import type { Limiter } from "./limiter.ts";
import type { AuthAnswer, AuthRequest, PeopleDeps } from "./people.ts";
import type { Sessions } from "./sessions.ts";

/** The requests under `/auth/`: what is not in this table is not there. */
export function createSignIn(deps: PeopleDeps & { limiter: Limiter; sessions: Sessions }) {
  const { db, clock, newId, passwords, limiter, sessions } = deps;
  const routes: Record<string, (request: AuthRequest) => Promise<AuthAnswer>> = {
    "POST /auth/sign-in/password": withPassword,
    "POST /auth/sign-in/link": withLink,
    "POST /auth/sign-out": signOut,
    "GET /auth/session": currentSession,
    "POST /auth/account": changeAccount,
  };
  let decoy: Promise<string> | undefined;
  return { handle };

  async function handle(request: AuthRequest): Promise<AuthAnswer> {
    const route = routes[`${request.method} ${request.path}`];
    if (route) return route(request);
    const isThere = Object.keys(routes).some((known) => known.endsWith(` ${request.path}`));
    throw new Problem(isThere ? "method_not_allowed" : "not_found");
  }

  async function withPassword(request: AuthRequest): Promise<AuthAnswer> {
    const { email, password } = texts(request.body, { email: 254, password: 1024 });
    const address = normalEmail(email);
    await limiter.count([{ address: request.peer }, { email: address }]);
    const person = await db.read(store.ofNobody, (tx) => store.findPerson(tx, address));
    // The same work and the same answer whether or not there is such a person.
    const isRight = await passwords.verify({ hash: person?.passwordHash ?? (await decoyHash()), password });
    if (!person?.passwordHash || !isRight)
      throw new Problem("unauthenticated", { message: "The e-mail address or the password is wrong." });
    await limiter.forgive({ email: address });
    return signedIn(request, person);
  }

  async function withLink(request: AuthRequest): Promise<AuthAnswer> {
    const { token } = texts(request.body, { token: 512 });
    await limiter.count([{ address: request.peer }]);
    const person = await db.write(store.ofNobody, async (tx) => {
      const userId = await store.takeLink(tx, hashLink(token), clock.now());
      return userId && store.getPerson(tx, userId);
    });
    if (!person)
      throw new Problem("unauthenticated", { message: "The link was used already or is older than 15 minutes; ask for a new one." });
    return signedIn(request, person);
  }

  async function signedIn(request: AuthRequest, person: store.StoredPerson): Promise<AuthAnswer> {
    const cookies = await sessions.open(person.id, request.headers);
    // Here, because it needs no timer and happens about as often as there is something to sweep.
    await db.write(store.ofNobody, (tx) => store.sweepPeople(tx, clock.now()));
    return { status: 200, cookies, body: shown(person) };
  }

  async function signOut(request: AuthRequest): Promise<AuthAnswer> {
    return { status: 204, cookies: await sessions.end(request.headers) };
  }

  // Answers 200 in either case: to ask whether somebody is signed in is no fault, and a browser would show it as one.
  async function currentSession(request: AuthRequest): Promise<AuthAnswer> {
    const found = await sessions.refresh(request.headers);
    const person = found && (await db.read(store.ofNobody, (tx) => store.getPerson(tx, found.person.id)));
    return { status: 200, cookies: found?.cookies ?? [], body: person ? { person: shown(person) } : {} };
  }

  async function changeAccount(request: AuthRequest): Promise<AuthAnswer> {
    const signed = await sessions.personOf(request.headers);
    if (!signed) throw new Problem("unauthenticated");
    const given = texts(request.body, { name: 200, email: 254, password: 1024, currentPassword: 1024 }, { areOptional: true });
    const person = await db.read(store.ofNobody, (tx) => store.getPerson(tx, signed.id));
    await requireCurrentPassword(request, person, given.currentPassword);
    const email = given.email === undefined ? undefined : normalEmail(given.email);
    const faults = faultsOf({ ...given, email });
    if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
    const passwordHash = given.password === undefined ? undefined : await passwords.hash(given.password);
    const changed = { id: signed.id, name: given.name?.trim() ?? signed.name, email: email ?? signed.email };
    await saveAccount(changed, passwordHash);
    // A new id after a change of privilege, and no other session survives it.
    const cookies = await sessions.open(signed.id, request.headers);
    return { status: 200, cookies, body: { ...changed, hasPassword: passwordHash !== undefined || person?.passwordHash !== undefined } };
  }

  async function requireCurrentPassword(request: AuthRequest, person: store.StoredPerson | undefined, currentPassword: string | undefined) {
    if (person?.passwordHash === undefined) return;
    await limiter.count([{ address: request.peer }, { email: person.email }]);
    const isRight = await passwords.verify({ hash: person.passwordHash, password: currentPassword ?? "" });
    const fault = { field: "currentPassword", message: "This is not your current password." };
    if (!isRight) throw new Problem("invalid_request", { fields: [fault] });
    await limiter.forgive({ email: person.email });
  }

  async function saveAccount(person: Person, passwordHash: string | undefined): Promise<void> {
    try {
      await db.write(store.ofNobody, async (tx) => {
        await store.updatePerson(tx, person, clock.now());
        if (passwordHash) await store.putPassword(tx, person.id, { rowId: newId(), hash: passwordHash }, clock.now());
        await store.deleteSessions(tx, person.id);
      });
    } catch (error) {
      if (isTaken(error, "users_email_key")) throw new Problem("conflict", { message: "The e-mail address has another account." });
      throw error;
    }
  }

  async function decoyHash(): Promise<string> {
    decoy ??= passwords.hash(randomBytes(16).toString("base64url"));
    try {
      return await decoy;
    } catch (error) {
      decoy = undefined;
      throw error;
    }
  }
}

/** How the token of a one-time link is stored. */
export const hashLink = (token: string) => hash("sha256", token, "base64url");

const shown = ({ id, name, email, passwordHash }: store.StoredPerson) => ({ id, name, email, hasPassword: passwordHash !== undefined });

function faultsOf({
  name,
  email,
  password,
}: {
  name?: string | undefined;
  email?: string | undefined;
  password?: string | undefined;
}): Fault[] {
  const passwordsFault = password === undefined ? undefined : passwordFault(password);
  return [
    ...(name !== undefined && name.trim() === "" ? [{ field: "name", message: "Say what you are called." }] : []),
    ...(email !== undefined && !emailPattern.test(email) ? [{ field: "email", message: "This is not an e-mail address." }] : []),
    ...(passwordsFault === undefined ? [] : [{ field: "password", message: passwordsFault }]),
  ];
}

const emailPattern = /^[^\s@\p{Cc}\p{Cs}]{1,64}@[^\s@\p{Cc}\p{Cs}]{1,253}$/u;

/** The members of a JSON object, each a text of at most so many characters. Throws `Problem` invalid_request with every fault. */
function texts<Name extends string>(body: unknown, members: Record<Name, number>): Record<Name, string>;
function texts<Name extends string>(
  body: unknown,
  members: Record<Name, number>,
  options: { areOptional: true },
): Partial<Record<Name, string>>;
function texts(body: unknown, members: Record<string, number>, options?: { areOptional: true }): Record<string, string> {
  const given = new Map(typeof body === "object" && body !== null && !Array.isArray(body) ? Object.entries(body) : []);
  const faults: Fault[] = [...given.keys()]
    .filter((name) => !Object.hasOwn(members, name))
    .map((field) => ({ field, message: "This is not known here." }));
  for (const [field, charactersMax] of Object.entries(members)) {
    const value: unknown = given.get(field);
    const isMissing = value === undefined && !options?.areOptional;
    const isWrong = value !== undefined && (typeof value !== "string" || value.length > charactersMax || /[\0\p{Cs}]/u.test(value));
    if (isMissing || isWrong) faults.push({ field, message: `Send a text of at most ${charactersMax} characters.` });
  }
  if (faults.length > 0) throw new Problem("invalid_request", { fields: faults });
  return Object.fromEntries(given) as Record<string, string>;
}
