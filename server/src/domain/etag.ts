import { hash } from "node:crypto";

/**
 * The strong entity tag (RFC 9110 8.8.3) of a noun as it is served: the same noun gives the same tag, on every node. `text` is its JSON,
 * where that is at hand. How the last use of a credential went and how its token is, how deliveries to a destination go, and how far events
 * were acknowledged, is no part of it: all of that moves by itself, and an If-Match must not fail because a token was renewed.
 */
export function etagOf(noun: unknown, text = JSON.stringify(noun)): string {
  return `"${hash("sha1", moving.test(text) ? JSON.stringify(noun, withoutMoving) : text, "base64url")}"`;
}

// As JSON writes members of these names and types; within a string the quotes would be escaped.
const moving = /"(?:errors":\[|token":\{|acknowledged":")/;

function withoutMoving(this: unknown, name: string, value: unknown): unknown {
  if ((name === "errors" || name === "token") && isCredential(this)) return undefined;
  if (name === "acknowledged" && isSubscription(this)) return undefined;
  return movingOfDestination.has(name) && isDestination(this) ? undefined : value;
}

const isCredential = (holder: unknown) => isHolder(holder, ["type", "data"]) && typeof holder.data === "object";
const isSubscription = (holder: unknown) => isHolder(holder, ["id", "acknowledged", "updatedAt"]);
const isDestination = (holder: unknown) => isHolder(holder, ["url", "state", "failures", "keys"]);
const movingOfDestination = new Set(["state", "reason", "failures", "pausedUntil"]);

function isHolder<Name extends string>(holder: unknown, names: readonly Name[]): holder is Record<Name, unknown> {
  return typeof holder === "object" && holder !== null && names.every((name) => name in holder);
}
