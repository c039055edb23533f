import type { AuthScheme, AuthSchemeConfig, AuthSchemeType } from "@mooring/contract";
import type { CredentialSecrets } from "../domain/credential.ts";
import type { Secret } from "../kernel/secret.ts";
import { type Check, failed, type HeldSecrets } from "./check.ts";
import type { Proof } from "./proof.ts";

/** One way to prove who calls. Pure: what it says depends on its arguments alone. */
export interface Scheme {
  readonly about: AuthScheme;
  /**
   * Adds the proof to a request. Throws `Problem` credential_unusable when the secret cannot be sent that way; no message holds it.
   * `accessToken` is what schemes send whose credential only obtains it; without one they throw token_unavailable.
   */
  apply(proof: Proof, config: AuthSchemeConfig, secrets: CredentialSecrets, accessToken?: Secret): void;
  /** Reads config and secrets once, for the check of many requests that come in. A secret that cannot be used makes a check that fails. */
  verify(config: AuthSchemeConfig, held: HeldSecrets): Check;
}

/** The check of a scheme whose proof an outside system cannot give to Mooring: nothing passes (W-2). */
export const takesNothing = (scheme: AuthSchemeType): Check => {
  const message = `${scheme} proves calls that Mooring makes and cannot check what comes in; use api-key, basic-auth or hmac for triggers.`;
  return () => failed({ what: "scheme", passed: false, message });
};

/** A config of this very scheme. Throws when the table of schemes and the stored row disagree, which only a fault of ours can cause. */
export function configOf<Type extends AuthSchemeType>(config: AuthSchemeConfig, type: Type) {
  if (config.schemeType !== type) throw new Error(`A config of ${config.schemeType} was given to ${type}.`);
  return config as Extract<AuthSchemeConfig, { schemeType: Type }>;
}

/** Secrets of this very type, else as `configOf`. */
export function secretsOf<Type extends CredentialSecrets["type"]>(secrets: CredentialSecrets, type: Type) {
  if (secrets.type !== type) throw new Error(`A credential of ${secrets.type} was given where ${type} fits.`);
  return secrets as Extract<CredentialSecrets, { type: Type }>;
}
