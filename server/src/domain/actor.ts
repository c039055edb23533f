import type { Role, Scope } from "@mooring/contract";
import { Problem } from "../kernel/errors.ts";
import type { ApiKeyId, OrganisationId, UserId } from "../kernel/ids.ts";

/** Who makes a call, and what they may do in the organisation the call names. */
export interface Actor {
  readonly kind: "person" | "api-key";
  readonly id: UserId | ApiKeyId;
  readonly org: OrganisationId;
  readonly role?: Role;
  readonly scopes: ReadonlySet<Scope>;
  /** The connections and environments a key is limited to, by id; undefined when it is not. */
  readonly connections?: ReadonlySet<string>;
  readonly environments?: ReadonlySet<string>;
  /** Whether secrets of production environments may be set, linked or sent somewhere else. A developer's may not. */
  readonly mayChangeProductionSecrets: boolean;
}

/** What each role may do. `production secrets` is kept apart because no scope names it. */
export const scopesOfRole: Readonly<Record<Role, readonly Scope[]>> = {
  owner: ["connections:read", "connections:write", "secrets:write", "gateway:call", "events:read", "events:write", "organisation:admin"],
  admin: ["connections:read", "connections:write", "secrets:write", "gateway:call", "events:read", "events:write", "organisation:admin"],
  developer: ["connections:read", "connections:write", "secrets:write", "gateway:call", "events:read", "events:write"],
  viewer: ["connections:read", "events:read"],
};

/** Throws `Problem` forbidden when `actor` lacks `scope`. */
export function requireScope(actor: Actor, scope: Scope): void {
  if (!actor.scopes.has(scope)) throw new Problem("forbidden", { message: `This needs the scope ${scope}.` });
}
