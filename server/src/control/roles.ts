import type { Role } from "@mooring/contract";
import { type Actor, scopesOfRole } from "../domain/actor.ts";
import { Problem } from "../kernel/errors.ts";
import { requireUnlimited } from "./rights.ts";

/**
 * Throws `Problem` forbidden unless `actor` may give somebody `role`, or take it from them. Only an owner makes and unmakes owners;
 * and a key gives no role that may do more than the key, or it could invite its holder to more.
 */
export function requireMayGrant(actor: Actor, role: Role): void {
  requireUnlimited(actor);
  if (role === "owner" && actor.role !== "owner") throw new Problem("forbidden", { message: "Only an owner makes or unmakes an owner." });
  const missing = scopesOfRole[role].find((scope) => !actor.scopes.has(scope));
  if (missing) throw new Problem("forbidden", { message: `The role ${role} includes the scope ${missing}, which you lack.` });
}
