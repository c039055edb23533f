import { Fieldset, FileInput, Stack, TextInput } from "@mantine/core";
import type { CredentialType } from "@mooring/contract";
import { fieldFault } from "../../api/problem.ts";
import { SecretField } from "../../parts/secret-field.tsx";
import type { Data } from "./data.ts";

interface DataForm {
  readonly type: CredentialType;
  /** What is stored: secrets are masks, and stay unless they are typed anew. */
  readonly stored?: Data | undefined;
  readonly error: unknown;
  /** Where the data are in what is sent, as in `data`. */
  readonly path: string;
}

/**
 * The fields of a credential by its kind, by their names in a form: read them with `dataOf`. They belong to the browser alone, so that a
 * secret is gone with the form.
 */
export function DataFields({ type, stored, error, path }: DataForm) {
  const text = (name: string) => ({
    name,
    defaultValue: shown(stored?.[name]),
    error: fieldFault(error, `${path}.${name}`),
    autoComplete: "off",
  });
  const secret = (name: string) => ({
    name,
    error: fieldFault(error, `${path}.${name}`),
    placeholder: stored?.[name] ? "Kept as it is" : "",
  });
  const isNew = stored === undefined;

  switch (type) {
    case "none":
      return null;
    case "string":
      return <SecretField {...secret("value")} label="Secret" required={isNew} />;
    case "binary":
      return <BinaryFields isNew={isNew} secret={secret("valueBase64")} />;
    case "basic-auth":
      return (
        <>
          <TextInput {...text("username")} label="User name" />
          <SecretField {...secret("password")} label="Password" />
        </>
      );
    case "oauth2-client":
    case "oauth2-token":
      return (
        <>
          <TextInput {...text("clientId")} label="Client id" required />
          <SecretField
            {...secret("clientSecret")}
            label="Client secret"
            description={
              type === "oauth2-token"
                ? "Leave it empty to use the secret of the application that has the same client id."
                : "Leave it empty for a public client."
            }
          />
          <TextInput {...text("authorizeUrl")} label="Where people sign in" description="The authorization endpoint." type="url" required />
          <TextInput {...text("tokenUrl")} label="Where tokens are issued" description="The token endpoint." type="url" required />
          <TextInput {...text("scopes")} label="Scopes" description="What to ask for, with blanks in between." />
          <TextInput
            {...text("additionalParams")}
            label="More parameters"
            description="What this server wants beside the standard ones, as in audience=api&amp;access_type=offline"
          />
          {type === "oauth2-token" && <TokenFields secret={secret} />}
        </>
      );
  }
}

function BinaryFields({ isNew, secret }: { isNew: boolean; secret: object & { error?: string | undefined } }) {
  return (
    <>
      <FileInput
        name="file"
        label="File"
        description="Such as the JSON key file of a service account; at most 64 KiB."
        placeholder={isNew ? "Choose a file" : "Kept as it is"}
        error={secret.error}
        clearable
      />
      <SecretField {...secret} error={undefined} label="Or its bytes in base64" />
    </>
  );
}

function TokenFields({ secret }: { secret: (name: string) => object }) {
  return (
    <Fieldset legend="Tokens that you have already">
      <Stack gap="sm">
        <SecretField {...secret("accessToken")} label="Access token" description="Leave both empty when somebody is going to sign in." />
        <SecretField {...secret("refreshToken")} label="Refresh token" />
      </Stack>
    </Fieldset>
  );
}

/** A value as its field shows it. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return value.join(" ");
  if (typeof value === "object" && value !== null) return new URLSearchParams(value as Record<string, string>).toString();
  return typeof value === "string" ? value : "";
}
