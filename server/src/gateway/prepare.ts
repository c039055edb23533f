import { proofOf } from "../credentials/authenticate.ts";
import type { Base } from "../domain/base-url.ts";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import { baseOf, type HttpProof, httpProof } from "../protocols/http/plan.ts";

/** What all calls through a snapshot have in common. */
export interface Prepared {
  readonly snapshot: EnvironmentSnapshot;
  readonly proof: HttpProof;
  /** Throws `Problem` template_unresolved when the base URL lacks a value: a call's own variables may make up for it. */
  readonly base: () => Base;
  /** Whether a token in the proof can be renewed: then a call keeps what it needs to be sent once more. */
  readonly isRenewable?: boolean;
}

/** Works out what calls through a snapshot have in common on the first of them. Throws `Problem` when a credential cannot be applied. */
export function createPrepare(): (snapshot: EnvironmentSnapshot) => Prepared {
  const known = new WeakMap<EnvironmentSnapshot, Prepared>();
  return (snapshot) => {
    const found = known.get(snapshot);
    if (found) return found;
    const proof = httpProof(proofOf(snapshot.credentials));
    let resolved: Base | undefined;
    const base = () => (resolved ??= baseOf(snapshot));
    const isRenewable = snapshot.credentials.some(({ token }) => token?.isRenewable && !token.needsPerson);
    const prepared = { snapshot, proof, base, isRenewable };
    known.set(snapshot, prepared);
    return prepared;
  };
}
