import type { ProofParts } from "../domain/proof.ts";
import type { AppliedCredential } from "../domain/snapshot.ts";
import { createProof } from "../schemes/proof.ts";
import { schemes } from "../schemes/schemes.ts";

/**
 * What these credentials add to a request, applied in their order: of two that set the same thing, the later wins. Throws `Problem`
 * credential_unusable or not_available, with no secret in it, when one cannot be applied.
 */
export function proofOf(credentials: readonly AppliedCredential[]): ProofParts {
  const proof = createProof();
  for (const { config, secrets, token } of credentials) {
    schemes[config.schemeType].apply(proof, config, secrets, token?.accessToken);
  }
  return proof.parts();
}
