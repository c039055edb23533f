import type { Actor } from "../domain/actor.ts";
import { isProduction } from "../domain/environment.ts";
import { Problem } from "../kernel/errors.ts";
import { credentialsBeyond, environmentsUsing } from "../store/credentials.ts";
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
  requireProductionRights(actor, environmentNames);
}

/**
 * Throws `Problem` forbidden unless `actor` may take secrets out of the environments named. A credential outlives its environment, and
 * one that was freed from production could be linked anywhere.
 */
export function requireProductionRights(actor: Actor, environmentNames: readonly string[]): void {
  const production = environmentNames.find(isProduction);
  if (production === undefined || actor.mayChangeProductionSecrets) return;
  throw new Problem("forbidden", {
    message: `This touches secrets of the production environment ${JSON.stringify(production)}, which a developer or a key without secrets:write may not.`,
  });
}

/** What a request does to secrets, beside what the intake took in. */
export interface TouchedSecrets {
  /** Names of the environments in which it gives, links or redirects a secret. */
  readonly environments: readonly string[];
  /** The existing credentials in those environments. */
  readonly credentials: readonly string[];
  /** Names of the environments that lose a secret. */
  readonly freed: readonly string[];
}

/**
 * The same for what a request comes to. A credential that it borrows or redirects is also touched wherever else that serves, because
 * there is one secret behind all of these places; and a limited key borrows only what serves within its limits already.
 */
export async function requireRightsToSecrets(tx: Tx, actor: Actor, intake: Intake, touched: TouchedSecrets): Promise<void> {
  requireProductionRights(actor, touched.freed);
  if (touched.environments.length === 0 && !intake.sendsSecret) return;
  const borrowed = [...intake.borrowed];
  requireSecretRights(actor, [
    ...touched.environments,
    ...(await environmentsUsing(tx, actor.org, [...new Set([...borrowed, ...touched.credentials])])),
  ]);
  if (borrowed.length === 0 || !(actor.connections || actor.environments)) return;
  if ((await credentialsBeyond(tx, actor.org, borrowed, actor)).length > 0) {
    throw new Problem("forbidden", { message: "The API key is limited; it links only credentials that serve within its limits already." });
  }
}

/** Throws `Problem` forbidden when a key is limited and `connectionId` is not among what it may see. */
export function requireConnection(actor: Actor, connectionId: string): void {
  if (actor.connections && !actor.connections.has(connectionId)) {
    throw new Problem("forbidden", { message: "The API key is limited to other connections." });
  }
}

/** The same for an environment, by its id. */
export function requireEnvironment(actor: Actor, environmentId: string): void {
  if (actor.environments && !actor.environments.has(environmentId)) {
    throw new Problem("forbidden", { message: "The API key is limited to other environments." });
  }
}

/** Throws `Problem` forbidden for a key limited to environments: a change of the whole connection reaches the others too. */
export function requireWholeConnection(actor: Actor, connectionId: string): void {
  requireConnection(actor, connectionId);
  requireManyEnvironments(actor);
}

/** The same where no connection is named: such a key can change none as a whole. */
export function requireManyEnvironments(actor: Actor): void {
  if (actor.environments) throw new Problem("forbidden", { message: "The API key is limited to single environments." });
}

/** Throws `Problem` forbidden for a limited key: what it asks for belongs to the whole organisation. */
export function requireUnlimited(actor: Actor): void {
  if (actor.connections || actor.environments) {
    throw new Problem("forbidden", { message: "The API key is limited to some connections; this concerns the whole organisation." });
  }
}
