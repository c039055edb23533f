import type { AuthSchemeConfig, AuthSchemeConfigInput, EnvironmentCredential, EnvironmentCredentialUpdate } from "@mooring/contract";

/** A use of a credential as it is sent back, so that it stays as it is. */
export const entryOf = ({ id, authSchemeConfig }: EnvironmentCredential): EnvironmentCredentialUpdate => ({
  id,
  authSchemeConfig: inputOf(authSchemeConfig),
  credential: undefined,
});

/** A config as it is sent: an application's credential is named by its id. */
export function inputOf(config: AuthSchemeConfig): AuthSchemeConfigInput {
  if (config.schemeType !== "oauth2") return config;
  const { clientCredentials, authorizationCode } = config.flows;
  return {
    ...config,
    flows: {
      ...(clientCredentials ? { clientCredentials } : {}),
      ...(authorizationCode ? { authorizationCode: { applicationCredential: { id: authorizationCode.applicationCredential.id } } } : {}),
    },
  };
}
