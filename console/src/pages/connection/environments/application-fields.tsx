import { Select, Stack, Text, TextInput } from "@mantine/core";
import type { AuthSchemeConfigInput, CredentialDataOAuth2Client } from "@mooring/contract";
import { useQuery } from "@tanstack/react-query";
import { call } from "../../../api/client.ts";
import { fieldFault } from "../../../api/problem.ts";
import { useOrganisation } from "../../../api/session.ts";
import { CodeBlock } from "../../../parts/copy.tsx";
import { SecretField } from "../../../parts/secret-field.tsx";
import { credentialsQuery } from "./existing-credential.tsx";

type OAuth2 = Extract<AuthSchemeConfigInput, { schemeType: "oauth2" }>;

interface Fields {
  readonly config: AuthSchemeConfigInput;
  readonly error: unknown;
  readonly onChange: (config: AuthSchemeConfigInput) => void;
}

/** The application that people sign in through: one that is kept, or a new one. */
export function ApplicationFields({ config, error, onChange }: Fields) {
  const org = useOrganisation();
  const { data: kept = [] } = useQuery(credentialsQuery(org));
  const applications = kept.filter(({ type }) => type === "oauth2-client");
  if (config.schemeType !== "oauth2" || !config.flows.authorizationCode) return null;
  const { id } = config.flows.authorizationCode.applicationCredential;

  async function choose(chosen: string) {
    const named = withApplication(config as OAuth2, chosen);
    onChange(named);
    if (chosen === "") return;
    const { body } = await call("GetCredential", { params: { organisation_id: org, credential_id: chosen } });
    const { authorizeUrl, tokenUrl, scopes = [] } = body.data as CredentialDataOAuth2Client;
    onChange({
      ...named,
      authorizeUrl: named.authorizeUrl || authorizeUrl,
      tokenUrl: named.tokenUrl || tokenUrl,
      scopes: named.scopes.length > 0 ? named.scopes : scopes.map((name) => ({ name })),
    });
  }

  return (
    <Stack gap="sm">
      <Text size="sm">
        The outside system knows Mooring as an application. Register one there with this address to come back to, and it gives you a client
        id. Where your operator set a public URL for Mooring, the address begins with that.
      </Text>
      <CodeBlock title="Redirect URI" isWrapped code={`${location.origin}/o/${org}/auth-schemes/oauth2/callback`} />
      <Select
        label="Application"
        value={id}
        onChange={(value) => void choose(value ?? "")}
        allowDeselect={false}
        data={[{ value: "", label: "A new application" }, ...applications.map((one) => ({ value: one.id, label: one.name }))]}
      />
      {id === "" && (
        <>
          <TextInput name="applicationName" label="Name of the application" error={fieldFault(error, "name")} required autoComplete="off" />
          <TextInput name="applicationClientId" label="Client id" error={fieldFault(error, "data.clientId")} required autoComplete="off" />
          <SecretField
            name="applicationClientSecret"
            label="Client secret"
            description="Leave it empty for a public client."
            error={fieldFault(error, "data.clientSecret")}
          />
        </>
      )}
    </Stack>
  );
}

function withApplication(config: OAuth2, id: string): OAuth2 {
  const applicationCredential = { id } as NonNullable<OAuth2["flows"]["authorizationCode"]>["applicationCredential"];
  return { ...config, flows: { authorizationCode: { applicationCredential } } };
}
