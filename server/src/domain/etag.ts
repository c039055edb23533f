import { hash } from "node:crypto";

/**
 * The strong entity tag (RFC 9110 8.8.3) of a noun as it is served: the same noun gives the same tag, on every node. `text` is its JSON,
 * where that is at hand. How the last use of a credential went, and how its token is, is no part of it: both move by themselves, and an
 * If-Match must not fail because a token was renewed.
 */
export function etagOf(noun: unknown, text = JSON.stringify(noun)): string {
  return `"${hash("sha1", moving.test(text) ? JSON.stringify(noun, withoutMoving) : text, "base64url")}"`;
}

// As JSON writes members of these names and types; within a string the quotes would be escaped.
const moving = /"(?:errors":\[|token":\{)/;

function withoutMoving(this: unknown, name: string, value: unknown): unknown {
  return (name === "errors" || name === "token") && isCredential(this) ? undefined : value;
}

const isCredential = (holder: unknown) =>
  typeof holder === "object" && holder !== null && "type" in holder && "data" in holder && typeof holder.data === "object";
