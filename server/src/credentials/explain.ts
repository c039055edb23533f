import { mask, masked } from "../domain/mask.ts";
import { percentEncoded } from "../domain/percent-encoding.ts";
import type { Place } from "../domain/places.ts";
import type { ProofParts, Signature } from "../domain/proof.ts";
import type { AppliedCredential } from "../domain/snapshot.ts";
import { Problem } from "../kernel/errors.ts";
import { Secret } from "../kernel/secret.ts";
import { createProof, type Proof } from "../schemes/proof.ts";
import { applyCredential } from "./authenticate.ts";

/** What one credential does to a request. */
export interface ExplainedCredential {
  readonly credential: AppliedCredential;
  /** Nothing when it cannot be applied. */
  readonly sets: readonly Place[];
  /** Undefined when it makes no signature. */
  readonly signs: Signature["inputs"] | undefined;
  /** Why it cannot be applied. */
  readonly problem: Problem | undefined;
}

/**
 * As `proofOf`, with masks for whatever a credential sets, so that no secret can get into what is told of it (V-7). One that cannot be
 * applied does not keep the others from being told. `obstacleOf` gives what stands in a credential's way beyond its scheme; a token
 * that is not there yet is none by itself.
 */
export function explainedProof(
  credentials: readonly AppliedCredential[],
  obstacleOf: (credential: AppliedCredential) => Problem | undefined,
): { proof: ProofParts; steps: ExplainedCredential[] } {
  const all = createProof();
  const steps = credentials.map((credential) => explained(all, credential, obstacleOf(credential)));
  const { query, ...parts } = all.parts();
  return { proof: { ...parts, query: query.replaceAll(percentEncoded(mask), mask) }, steps };
}

function explained(all: Proof, credential: AppliedCredential, obstacle: Problem | undefined): ExplainedCredential {
  if (obstacle) return { credential, sets: [], signs: undefined, problem: obstacle };
  const sets: Place[] = [];
  let signs: Signature["inputs"] | undefined;
  const note = (place: Place, inputs?: Signature["inputs"]) => {
    sets.push({ in: place.in, name: place.name });
    signs = inputs;
  };
  try {
    applyCredential(masking(all, note), withToken(credential));
    return { credential, sets, signs, problem: undefined };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { credential, sets: [], signs: undefined, problem: error };
  }
}

/** Checks as a proof does and passes masks on to `all`. */
function masking(all: Proof, note: (place: Place, inputs?: Signature["inputs"]) => void): Proof {
  const checks = createProof();
  return {
    setHeader(name, value) {
      checks.setHeader(name, value);
      all.setHeader(name, masked({ in: "header", name }, value));
      note({ in: "header", name });
    },
    setQuery(name, value) {
      checks.setQuery(name, value);
      all.setQuery(name, mask);
      note({ in: "query", name });
    },
    setCookie(name, value) {
      checks.setCookie(name, value);
      all.setCookie(name, mask);
      note({ in: "cookie", name });
    },
    setSignature(signature) {
      all.setSignature({ ...signature, of: () => mask });
      note(signature, signature.inputs);
    },
    parts: all.parts,
  };
}

/** A call would obtain the token that is not there yet; what it says does not matter behind the mask. */
function withToken(credential: AppliedCredential): AppliedCredential {
  const { token } = credential;
  return token && token.accessToken === undefined ? { ...credential, token: { ...token, accessToken: new Secret(mask) } } : credential;
}
