import { Select, TextInput } from "@mantine/core";
import type { CredentialType } from "@mooring/contract";
import { fieldFault } from "../../../api/problem.ts";
import { SecretField } from "../../../parts/secret-field.tsx";
import { DataFields } from "../../credentials/data-fields.tsx";
import { typeWords } from "../../credentials/words.ts";

interface Fields {
  readonly types: readonly CredentialType[];
  readonly type: CredentialType;
  readonly onType: (type: CredentialType) => void;
  readonly error: unknown;
  readonly path: string;
  readonly suggestion: string;
}

/** A new secret: its name, and what it takes. Where tokens come from is in the scheme beside it, so that is not asked again. */
export function NewCredentialFields({ types, type, onType, error, path, suggestion }: Fields) {
  return (
    <>
      <TextInput
        name="credentialName"
        label="Name"
        description="What people call the credential."
        defaultValue={suggestion}
        error={fieldFault(error, `${path}.name`)}
        required
        autoComplete="off"
      />
      {types.length > 1 && (
        <Select
          label="Kind of secret"
          value={type}
          onChange={(value) => onType(value as CredentialType)}
          allowDeselect={false}
          data={types.map((value) => ({ value, label: typeWords[value] }))}
        />
      )}
      {type === "oauth2-client" && (
        <>
          <TextInput name="clientId" label="Client id" error={fieldFault(error, `${path}.data.clientId`)} required autoComplete="off" />
          <SecretField
            name="clientSecret"
            label="Client secret"
            description="Leave it empty for a public client."
            error={fieldFault(error, `${path}.data.clientSecret`)}
          />
        </>
      )}
      {type !== "oauth2-client" && type !== "oauth2-token" && <DataFields key={type} type={type} error={error} path={`${path}.data`} />}
    </>
  );
}
