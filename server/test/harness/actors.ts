import { randomBytes } from "node:crypto";
import { type ApiKeyCreate, type Role, type Scope, scopes } from "@mooring/contract";
import type { Clock } from "../../src/kernel/clock.ts";
import type { OrganisationId, UserId } from "../../src/kernel/ids.ts";
import type { People } from "../../src/people/people.ts";
import type { Database } from "../../src/store/database.ts";
import { insertMember } from "../../src/store/members.ts";
import type { Client } from "./client.ts";

/** Somebody who calls: what they are called in a test, whose address they call, and how they prove who they are. */
export interface Actor {
  readonly name: string;
  readonly org: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The person's or key's id. */
  readonly id?: string;
}

/** The cast: a person of each role, a key of each scope, the owner of another organisation and its key, and nobody. */
export const cast = [
  "owner",
  "admin",
  "developer",
  "viewer",
  "key",
  "readKey",
  "writeKey",
  "secretsKey",
  "gatewayKey",
  "eventsKey",
  "adminKey",
  "stranger",
  "strangerKey",
  "nobody",
] as const;
export type CastName = (typeof cast)[number];

const scopesOf = {
  readKey: ["connections:read"],
  writeKey: ["connections:read", "connections:write"],
  secretsKey: ["secrets:write"],
  gatewayKey: ["gateway:call"],
  eventsKey: ["events:read", "events:write"],
  adminKey: ["organisation:admin"],
} as const satisfies Partial<Record<CastName, readonly Scope[]>>;

export interface Actors {
  /** The actor of that name, made when first asked for. */
  as(name: CastName): Promise<Actor>;
  /** A person who signed in, with this role in `org`, or in none. */
  person(name: string, membership?: { role: Role; org: string }): Promise<Actor>;
  /** A member of the first organisation who never signs in. Returns the person's id. */
  member(role: Role): Promise<string>;
  /** A key of the first organisation with these limits. */
  keyWith(grant: Omit<ApiKeyCreate, "name">): Promise<Actor>;
}

/** `bootstrap` is the key of the first organisation. What the server makes and shows once goes to `shownOnce`. */
export function createActors({
  client,
  db,
  people,
  clock,
  origin,
  bootstrap,
  shownOnce,
}: {
  client: Client;
  db: Database;
  people: People;
  clock: Clock;
  origin: URL;
  bootstrap: { organisation: string; apiKey: string };
  shownOnce: string[];
}): Actors {
  const { organisation } = bootstrap;
  const known = new Map<CastName, Promise<Actor>>();
  // What a page of the console sends with everything it asks.
  const ownSite = { origin: origin.origin, "sec-fetch-site": "same-origin", "mooring-csrf": "1" };
  return { as, person, member, keyWith };

  function as(name: CastName): Promise<Actor> {
    const made = known.get(name) ?? make(name);
    known.set(name, made);
    return made;
  }

  async function make(name: CastName): Promise<Actor> {
    switch (name) {
      case "nobody":
        return { name, org: organisation, headers: {} };
      case "key":
        return withKey(name, organisation, bootstrap.apiKey);
      case "owner":
      case "admin":
      case "developer":
      case "viewer":
        return person(name, { role: name, org: organisation });
      case "readKey":
      case "writeKey":
      case "secretsKey":
      case "gatewayKey":
      case "eventsKey":
      case "adminKey":
        return { ...(await keyWith({ scopes: [...scopesOf[name]] })), name };
      case "stranger":
        return madeStranger();
      case "strangerKey": {
        const stranger = await as("stranger");
        return { ...(await newKey(stranger, { scopes: allScopes })), name };
      }
    }
  }

  async function madeStranger(): Promise<Actor> {
    const alone = await person("stranger");
    const { body } = await client.must(alone, "CreateOrganisation", { body: { name: "Strangers" } });
    return { ...alone, org: body.id };
  }

  async function person(name: string, membership?: { role: Role; org: string }): Promise<Actor> {
    const id = await account(name);
    if (membership) await join(id, membership);
    const link = await people.createSignInLink(id);
    const token = link.hash.replace("#token=", "");
    const { status, headers, text } = await client.raw("/auth/sign-in/link", {
      method: "POST",
      headers: { ...ownSite, "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    const cookie = headers.getSetCookie()[0]?.split(";")[0];
    if (status !== 200 || cookie === undefined) throw new Error(`Signing in answered ${status} ${text}`);
    shownOnce.push(token, decodeURIComponent(cookie.split("=")[1] ?? "").split(".")[0] ?? "");
    return { name, id, org: membership?.org ?? organisation, headers: { ...ownSite, cookie } };
  }

  async function member(role: Role): Promise<string> {
    const id = await account(role);
    await join(id, { role, org: organisation });
    return id;
  }

  function account(name: string): Promise<UserId> {
    return people.createPerson({ name, email: `${name}-${randomBytes(4).toString("hex")}@example.com` });
  }

  async function join(id: UserId, { role, org }: { role: Role; org: string }): Promise<void> {
    await db.write(org as OrganisationId, async (tx) => {
      await insertMember(tx, org as OrganisationId, { userId: id, role }, clock.now());
      tx.announce({ kind: "member", org: org as OrganisationId, id });
    });
  }

  async function keyWith(grant: Omit<ApiKeyCreate, "name">): Promise<Actor> {
    return newKey(await as("key"), grant);
  }

  async function newKey(maker: Actor, grant: Omit<ApiKeyCreate, "name">): Promise<Actor> {
    const { body } = await client.must(maker, "CreateApiKey", { body: { name: "test", ...grant } });
    shownOnce.push(body.key);
    return { ...withKey(grant.scopes.join("+"), maker.org, body.key), id: body.id };
  }
}

const withKey = (name: string, org: string, key: string): Actor => ({ name, org, headers: { authorization: `Bearer ${key}` } });

const allScopes: Scope[] = [...scopes];
