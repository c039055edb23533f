import { Secret } from "../kernel/secret.ts";
import { deriveKey } from "./cipher.ts";
import type { MasterKey } from "./vault.ts";

/** A secret of 256 bits that every node with this master key derives alike, and that tells nothing of the key or of another purpose (RFC 5869). */
export function deriveSecret(master: MasterKey, purpose: "sessions"): Secret {
  return new Secret(
    deriveKey(master.key, Buffer.from(`mooring/derived/${purpose}/v1`))
      .export()
      .toString("base64url"),
  );
}
