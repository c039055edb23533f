import type { ProofParts } from "../domain/proof.ts";
import type { AppliedCredential } from "../domain/snapshot.ts";
import { createProof, type Proof } from "../schemes/proof.ts";
import { schemes } from "../schemes/schemes.ts";

/**
 * What these credentials add to a request, applied in their order: of two that set the same thing, the later wins. Throws `Problem`
 * credential_unusable or not_available, with no secret in it, when one cannot be applied.
 */
export function proofOf(credentials: readonly AppliedCredential[]): ProofParts {
  const proof = createProof();
  for (const credential of credentials) applyCredential(proof, credential);
  return proof.parts();
}

/** Adds what one credential proves. Throws as `proofOf` does. */
export function applyCredential(proof: Proof, { config, secrets, token }: AppliedCredential): void {
  schemes[config.schemeType].apply(proof, config, secrets, token?.accessToken);
}
