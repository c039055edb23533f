import type { AuthScheme, AuthSchemeConfig, AuthSchemeType } from "@mooring/contract";
import type { CredentialSecrets } from "../domain/credential.ts";
import { Problem } from "../kernel/errors.ts";
import type { Secret } from "../kernel/secret.ts";
import type { Proof } from "./proof.ts";

/** One way to prove who calls. Pure: what it says depends on its arguments alone. */
export interface Scheme {
  readonly about: AuthScheme;
  /**
   * Adds the proof to a request. Throws `Problem` credential_unusable when the secret cannot be sent that way, and not_available for a
   * scheme that Mooring keeps but cannot apply yet. No message holds the secret. `accessToken` is what schemes send whose credential
   * only obtains it; without one they throw token_unavailable.
   */
  apply(proof: Proof, config: AuthSchemeConfig, secrets: CredentialSecrets, accessToken?: Secret): void;
}

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

/** What applying a scheme answers that Mooring keeps but cannot apply yet. */
export const notAvailable = (schemeType: AuthSchemeType) =>
  new Problem("not_available", {
    message: `Mooring keeps ${schemeType} credentials but cannot apply them to a call yet; nothing was sent.`,
  });
