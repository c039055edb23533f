import { Problem } from "../kernel/errors.ts";
import type { Secret } from "../kernel/secret.ts";
import type { Proof } from "./proof.ts";

/** Puts an access token into `Authorization` (RFC 6750 section 2.1). Throws `Problem` token_unavailable when there is none. */
export function setBearer(proof: Proof, accessToken: Secret | undefined): void {
  if (accessToken === undefined) throw new Problem("token_unavailable");
  proof.setHeader("Authorization", `Bearer ${accessToken.reveal()}`);
}
