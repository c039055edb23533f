import { hash, randomBytes, randomFillSync } from "node:crypto";
import { decodeTime, encodeTime, monotonicFactory } from "ulid";
import type { Clock } from "./clock.ts";

export type OrganisationId = string & { readonly brand: "OrganisationId" };
export type UserId = string & { readonly brand: "UserId" };
export type ApiKeyId = string & { readonly brand: "ApiKeyId" };
export type ConnectionId = string & { readonly brand: "ConnectionId" };
export type EnvironmentId = string & { readonly brand: "EnvironmentId" };
export type CredentialId = string & { readonly brand: "CredentialId" };
export type VersionId = string & { readonly brand: "VersionId" };
export type ActionId = string & { readonly brand: "ActionId" };
export type DefinitionId = string & { readonly brand: "DefinitionId" };
export type UploadId = string & { readonly brand: "UploadId" };
export type TriggerId = string & { readonly brand: "TriggerId" };
export type EventId = string & { readonly brand: "EventId" };
export type SubscriptionId = string & { readonly brand: "SubscriptionId" };

/**
 * Gives ids that sort by the time of `clock`, even several within one millisecond of one process. Of those in one millisecond only the first
 * is drawn, and the others count on from it: every call through the gateway has an id.
 */
export function createIds(clock: Clock): <Id extends string>() => Id {
  const draw = monotonicFactory(createRandom());
  let atMs = Number.NEGATIVE_INFINITY;
  let head = "";
  let tail = tailsMax;
  return <Id extends string>() => {
    const nowMs = clock.now().getTime();
    if (nowMs > atMs || tail === tailsMax) {
      // When all of a millisecond are used up, those of the next are taken.
      atMs = nowMs > atMs ? nowMs : atMs + 1;
      const id = draw(atMs);
      head = id.slice(0, -4);
      tail = 1024 * pairs.indexOf(id.slice(-4, -2)) + pairs.indexOf(id.slice(-2));
      return id as Id;
    }
    tail += 1;
    return (head + pairs[tail >> 10] + pairs[tail & 1023]) as Id;
  };
}

/**
 * Gives ids of the time `at`, each of which sorts before the one given before: so a list by newest first has the order in which they were
 * given. Throws when all of the million are used up.
 */
export function createIdsBackwards(at: Date): <Id extends string>() => Id {
  const head = monotonicFactory(createRandom())(at.getTime()).slice(0, -4);
  let tail = tailsMax;
  return <Id extends string>() => {
    if (tail < 0) throw new Error("More ids were asked for than there are.");
    const id = `${head}${pairs[tail >> 10]}${pairs[tail & 1023]}`;
    tail -= 1;
    return id as Id;
  };
}

export type NewId = ReturnType<typeof createIds>;

/** What makes the addresses of a version's schemas impossible to guess: 128 random bits. */
export const newSchemaKey = (): string => randomBytes(16).toString("hex");

/** A token that cannot be guessed, for the short address of a trigger: 192 random bits. */
export const newTriggerToken = (): string => randomBytes(24).toString("base64url");

/** Under what a trigger's token is kept. Nobody can guess what the hash of so many random bits was made of. */
export const tokenHashOf = (token: string): string => hash("sha256", token, "base64url");

/** Random fractions, drawn in bulk: ulid asks for one per character, and would otherwise enter the kernel for each. */
function createRandom(): () => number {
  const bytes = new Uint8Array(4096);
  let at = bytes.length;
  return () => {
    if (at === bytes.length) {
      randomFillSync(bytes);
      at = 0;
    }
    const byte = bytes[at] ?? 0;
    at += 1;
    return byte / 256;
  };
}

/** When a ULID was made. */
export const timeOf = (id: string): Date => new Date(decodeTime(id));

/** Sorts before every ULID made at `time` or later, and after every earlier one. */
export const startOfIds = (time: Date): string => encodeTime(Math.max(0, time.getTime()), timeLength);

const timeLength = 10;

/** The id that `text` always gives, on every node: for what must be made once however often it is asked for. Its time part means nothing. */
export function idOf<Id extends string>(text: string): Id {
  const digest = hash("sha256", text, "hex");
  // 128 bits: eight, which are two characters with room, and then twenty at a time.
  let id = pairs[Number.parseInt(digest.slice(0, 2), 16)] ?? "";
  for (let at = 2; at < 32; at += 5) {
    const bits = Number.parseInt(digest.slice(at, at + 5), 16);
    id += (pairs[bits >> 10] ?? "") + (pairs[bits & 1023] ?? "");
  }
  return id as Id;
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** What two characters can be, in order; so four of them count to `tailsMax`. */
const pairs = [...crockford].flatMap((first) => [...crockford].map((second) => first + second));
const tailsMax = 1024 * 1024 - 1;

/** Tells whether `text` is a ULID in the one spelling Mooring takes: upper case, 26 characters, 128 bits at most. */
export function isUlid(text: string): boolean {
  return ulidPattern.test(text);
}

const ulidPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
