import { hash, timingSafeEqual } from "node:crypto";
import type { CredentialSecrets } from "../domain/credential.ts";
import type { Place } from "../domain/places.ts";
import type { Incoming } from "./incoming.ts";

/** Holds what came in against one credential. Never throws, whatever came in: what cannot be read fails (W-2). */
export type Check = (incoming: Incoming, depth: CheckDepth) => Checked;

/** `verdict` stops at what it needs; `hints` also looks for what would have passed, which costs as many signatures as it tries. */
export type CheckDepth = "verdict" | "hints";

/** What a credential says of a request. */
export interface Checked {
  readonly passed: boolean;
  readonly steps: readonly CheckStep[];
  /** What tells a repeated request from a new one; undefined where nothing does. */
  readonly once?: Once;
}

/** The sender's own id of the request, when it is signed, or a digest of all that is signed, when the body is part of it (W-4). */
export type Once = { readonly id: string } | { readonly content: string };

/** One thing that was compared. Nothing in it may hold a secret. */
export interface CheckStep {
  readonly what: string;
  readonly passed: boolean;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
}

/** The secrets that a request may be checked with: the one that is good now, and the one before it for a time (W-7). */
export interface HeldSecrets {
  readonly secrets: CredentialSecrets;
  readonly predecessor?: { readonly secrets: CredentialSecrets; readonly validUntil: Date };
}

/** What is made of each of the secrets that are good when the request came, the newest first. */
export function goodAt<Prepared>(prepared: PreparedSecrets<Prepared>, receivedAt: Date): readonly Prepared[] {
  const { current, previous } = prepared;
  return previous && receivedAt.getTime() < previous.validUntilMs ? [current, previous.prepared] : [current];
}

export interface PreparedSecrets<Prepared> {
  readonly current: Prepared;
  readonly previous: { readonly prepared: Prepared; readonly validUntilMs: number } | undefined;
}

/** Does once what a check would do with the secrets each time. */
export function prepared<Prepared>(
  { secrets, predecessor }: HeldSecrets,
  prepare: (secrets: CredentialSecrets) => Prepared,
): PreparedSecrets<Prepared> {
  const previous = predecessor && { prepared: prepare(predecessor.secrets), validUntilMs: predecessor.validUntil.getTime() };
  return { current: prepare(secrets), previous };
}

/** What to compare of a secret: of one length whatever it is, so that no comparison says how long it is (W-3). */
export const digestOf = (value: string | Uint8Array): Buffer => hash("sha256", value, "buffer");

/** Whether two digests are the same, in a time that depends on their length alone (W-3). Of unequal length they are not. */
export const isSameDigest = (one: Uint8Array, other: Uint8Array): boolean => one.length === other.length && timingSafeEqual(one, other);

export const failed = (...steps: readonly CheckStep[]): Checked => ({ passed: false, steps });

/** The one value that stands at a place, or the step that says why there is none to go by. */
export function onlyValueAt(incoming: Incoming, place: Place, what: string): { value: string } | { fault: CheckStep } {
  const values = incoming.valuesAt(place);
  const [value] = values;
  const where = placeName(place);
  if (value === undefined) return { fault: { what, passed: false, message: missing(incoming, place) } };
  if (values.length > 1) {
    return {
      fault: { what, passed: false, message: `${where} came ${values.length} times; it must come once.`, found: `${values.length}` },
    };
  }
  if (value === "") return { fault: { what, passed: false, message: `${where} is empty.` } };
  if (value.length > valueLengthMax)
    return { fault: { what, passed: false, message: `${where} is longer than ${valueLengthMax} characters.` } };
  return { value };
}

/** How long a value may be that is looked at. */
const valueLengthMax = 8_192;

function missing(incoming: Incoming, place: Place): string {
  const others = place.in === "header" ? ` These headers came: ${incoming.headerNames().join(", ") || "none"}.` : "";
  return `${placeName(place)} is missing.${others}`;
}

/** As in "The header X-Signature". */
export const placeName = ({ in: part, name }: Place): string => `The ${part === "query" ? "query parameter" : part} ${name}`;
