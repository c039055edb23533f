import { hash } from "node:crypto";

/**
 * What is kept to tell an event from others of its trigger. Of one that is refused it is another, because once the trigger was mended the
 * same request is to be taken. A sender's id may be of any length, and hold what the engines cannot keep.
 */
export function keptKey(dedupeKey: string | undefined, { isRefused }: { readonly isRefused: boolean }): string | undefined {
  if (dedupeKey === undefined) return undefined;
  const plain = /^[\x21-\x7e]{1,200}$/.test(dedupeKey) ? dedupeKey : hash("sha256", dedupeKey, "base64url");
  return isRefused ? `refused ${plain}` : plain;
}
