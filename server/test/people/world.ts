import type { OrganisationDeps } from "../../src/control/organisations.ts";
import * as organisations from "../../src/control/organisations.ts";
import { type Actor, scopesOfRole } from "../../src/domain/actor.ts";
import type { Clock } from "../../src/kernel/clock.ts";
import { createIds, type OrganisationId, type UserId } from "../../src/kernel/ids.ts";
import { createLog } from "../../src/kernel/log.ts";
import { Secret } from "../../src/kernel/secret.ts";
import { createPeople, type People } from "../../src/people/people.ts";
import type { Database } from "../../src/store/database.ts";
import { insertMember } from "../../src/store/members.ts";
import { createPasswords } from "../../src/vault/password.ts";

/** A clock that tests move on. It starts at the machine's time, because better-auth looks at that one. */
function createTestClock(): Clock & { forward(ms: number): void } {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    forward(ms) {
      offsetMs += ms;
    },
  };
}

export const minutes = (count: number) => count * 60_000;
export const days = (count: number) => count * 86_400_000;

/** People and organisations on one database, with the real modules and passwords that cost little. */
export function createWorld(db: Database, { publicUrl = new URL("http://127.0.0.1:9001"), clock = createTestClock() } = {}) {
  const newId = createIds(clock);
  const log = createLog("silent");
  const passwords = createPasswords({ concurrency: 4, queueMax: 1000, cost: { n: 1024, r: 8, p: 1 } });
  const secret = new Secret("a secret of tests that is long enough, 0123456789");
  const people: People = createPeople({ db, clock, newId, publicUrl, secret, passwords, log });
  const newDataKey = (org: OrganisationId) => ({ id: newId(), org, kekId: "kek", wrapped: "wrapped" });
  const deps: OrganisationDeps = { db, clock, newId, newDataKey };
  return { db, clock, newId, log, people, publicUrl, passwords, deps, person, organisation, member };

  async function person(email: string, password?: string): Promise<UserId> {
    return people.createPerson({ email, name: email.split("@")[0] ?? "", ...(password ? { password } : {}) });
  }

  /** A new organisation and its owner. */
  async function organisation(name: string): Promise<{ org: OrganisationId; owner: Actor }> {
    const email = `owner-${newId().toLowerCase()}@example.com`;
    const owner = await person(email);
    const caller = { kind: "person", person: { id: owner, name: "Owner", email } } as const;
    const { id } = await organisations.create(deps, { caller, requestId: "setup" }, { name });
    const org = id as OrganisationId;
    return { org, owner: actor(org, owner, "owner") };
  }

  async function member(org: OrganisationId, role: keyof typeof scopesOfRole): Promise<Actor> {
    const id = await person(`${role}-${newId().toLowerCase()}@example.com`);
    await db.write(org, async (tx) => {
      await insertMember(tx, org, { userId: id, role }, clock.now());
    });
    return actor(org, id, role);
  }
}

export type World = ReturnType<typeof createWorld>;

function actor(org: OrganisationId, id: UserId, role: keyof typeof scopesOfRole): Actor {
  return {
    kind: "person",
    id,
    org,
    role,
    scopes: new Set(scopesOfRole[role]),
    mayChangeProductionSecrets: role === "owner" || role === "admin",
  };
}

/** The cookie of an answer as a browser would send it back. */
export const cookieOf = ({ cookies }: { cookies: readonly string[] }) => cookies[0]?.split(";", 1)[0] ?? "";
