import type { SecretKey } from "./cipher.ts";
import type { WrappedDataKey } from "./vault.ts";

/** Keeps the most recently used unwrapped data keys in memory, `entriesMax` at most. */
export function createDataKeyCache({ entriesMax }: { entriesMax: number }) {
  const entries = new Map<string, SecretKey>();
  return { get };

  /** The key kept for exactly this wrapped key, else what `unwrap` gives. What `unwrap` throws is thrown on and not remembered. */
  function get(dataKey: WrappedDataKey, unwrap: () => SecretKey): SecretKey {
    // The whole row is the name: a wrapped key that was moved to another organisation or id must be opened, and fail, anew (T-3).
    const name = JSON.stringify([dataKey.org, dataKey.id, dataKey.kekId, dataKey.wrapped]);
    const key = entries.get(name) ?? unwrap();
    entries.delete(name);
    entries.set(name, key);
    if (entries.size > entriesMax) entries.delete(entries.keys().next().value ?? name);
    return key;
  }
}
