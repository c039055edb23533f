import type { Actor } from "../domain/actor.ts";
import { isProduction } from "../domain/environment.ts";
import { Problem } from "../kernel/errors.ts";
import { environmentsUsing } from "../store/credentials.ts";
import type { Tx } from "../store/database.ts";
import type { Intake } from "./intake.ts";

/**
 * Throws `Problem` forbidden unless `actor` may give, link or redirect secrets in the environments named. Who may write connections
 * but not secrets could otherwise point a stored secret at an address of their own (V-8).
 */
export function requireSecretRights(actor: Actor, environmentNames: readonly string[]): void {
  if (!actor.scopes.has("secrets:write")) {
    throw new Problem("forbidden", {
      message: "This gives a secret, links one, or changes where one is sent: it needs the scope secrets:write.",
    });
  }
  const production = environmentNames.find(isProduction);
  if (production !== undefined && !actor.mayChangeProductionSecrets) {
    throw new Problem("forbidden", {
      message: `A developer may not change secrets of the production environment ${JSON.stringify(production)}.`,
    });
  }
}

/**
 * The same for what a request comes to: `touched` names the environments in which it gives, links or redirects a secret. A credential
 * that it borrows is also touched wherever that serves already, because its secret goes wherever it is linked.
 */
export async function requireRightsToSecrets(tx: Tx, actor: Actor, intake: Intake, touched: readonly string[]): Promise<void> {
  if (touched.length === 0 && !intake.sendsSecret) return;
  requireSecretRights(actor, [...touched, ...(await environmentsUsing(tx, actor.org, [...intake.borrowed]))]);
}

/** Throws `Problem` forbidden when a key is limited and `connectionId` is not among what it may see. */
export function requireConnection(actor: Actor, connectionId: string): void {
  if (actor.connections && !actor.connections.has(connectionId)) {
    throw new Problem("forbidden", { message: "The API key is limited to other connections." });
  }
}

/** Throws `Problem` forbidden for a key limited to environments: a change of the whole connection reaches the others too. */
export function requireWholeConnection(actor: Actor, connectionId: string): void {
  requireConnection(actor, connectionId);
  if (actor.environments) throw new Problem("forbidden", { message: "The API key is limited to single environments." });
}

/** Throws `Problem` forbidden for a limited key: what it asks for belongs to the whole organisation. */
export function requireUnlimited(actor: Actor): void {
  if (actor.connections || actor.environments) {
    throw new Problem("forbidden", { message: "The API key is limited to some connections; this concerns the whole organisation." });
  }
}
