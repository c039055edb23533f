import type { Signature } from "@mooring/contract";
import type { CheckStep } from "../check.ts";

/** What stands where a signature comes: the signatures that may be good, and other parts beside them. */
export interface SignatureValue {
  /** Without their prefix, as they came. At least one, at most `candidatesMax`. */
  readonly candidates: readonly string[];
  /** The values of the parts `name=value`. */
  partsNamed(name: string): readonly string[];
}

/** Takes the value apart as its config says, or says why it cannot be. */
export function readValue(value: string, { separator, prefix = "" }: Signature): SignatureValue | { fault: CheckStep } {
  const parts = separator === undefined ? [value] : value.split(separator, partsMax + 1).map((part) => part.trim());
  if (parts.length > partsMax) return fault(`It has more than ${partsMax} parts.`);
  const candidates = parts.filter((part) => part.startsWith(prefix)).map((part) => part.slice(prefix.length));
  if (candidates.length === 0) return fault(`${separator === undefined ? "It does not begin" : "No part of it begins"} with ${prefix}`);
  if (candidates.length > candidatesMax) return fault(`It holds more than ${candidatesMax} signatures.`);
  return {
    candidates,
    partsNamed: (name) => parts.filter((part) => part.startsWith(`${name}=`)).map((part) => part.slice(name.length + 1)),
  };
}

// Each is compared with each secret; senders use two while they change a secret.
const candidatesMax = 10;
const partsMax = 40;

const fault = (message: string) => ({ fault: { what: "signature", passed: false, message } });

/** The digest that a text writes, or undefined when it is not exactly one of that length: no shorter, no longer, no other letters. */
export function readDigest(text: string, encoding: "hex" | "base64", length: number): Buffer | undefined {
  if (encoding === "hex") return text.length === 2 * length && /^[0-9a-fA-F]*$/.test(text) ? Buffer.from(text, "hex") : undefined;
  if (text.length !== 4 * Math.ceil(length / 3)) return undefined;
  const digest = Buffer.from(text, "base64");
  // One digest has one spelling: whatever else decodes to it is none.
  return digest.length === length && digest.toString("base64") === text ? digest : undefined;
}

/** How many bytes a hash has. */
export const digestLength = { sha1: 20, sha256: 32, sha512: 64 } as const;
