import { FileInput, Group, NativeSelect, Radio, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { fieldFault } from "../../api/problem.ts";
import { SecretField } from "../../parts/secret-field.tsx";
import { type Proof, proofPaths, type Structure } from "./scratch-body.ts";

interface First {
  readonly structure: Structure;
  readonly error: unknown;
  readonly onChange: (change: Partial<Structure>) => void;
}

const offered = {
  http: [
    ["later", "Later", "Credentials can be added in the connection's environments at any time."],
    ["bearer", "Bearer token", "A token in the header Authorization."],
    ["api-key", "API key", "A secret text in a header or query parameter of any name."],
    ["basic-auth", "User name and password", "HTTP Basic authentication."],
    ["none", "The system asks for none", "For APIs that are open to everybody."],
  ],
  bigquery: [
    ["later", "Later", "A sign-in with OAuth 2.0, for instance, is added in the connection's environments."],
    ["google-service-account", "Service account", "The JSON key file of a Google service account."],
  ],
} as const satisfies Record<Structure["protocol"], readonly (readonly [Proof, string, string])[]>;

/** How calls prove who they are, and the first secret for it, unless that is for later. */
export function FirstCredential({ structure, error, onChange }: First) {
  const { protocol, proof, environments } = structure;
  const [at, setAt] = useState(0);
  const place = Math.min(at, environments.length - 1);
  const hasSecret = proof !== "later" && proof !== "none";
  return (
    <Stack>
      <Radio.Group label="How calls prove who they are" value={proof} onChange={(value) => onChange({ proof: value as Proof })}>
        <Stack gap="xs" mt="xs">
          {offered[protocol].map(([value, label, description]) => (
            <Radio key={value} value={value} label={label} description={description} />
          ))}
        </Stack>
      </Radio.Group>
      {hasSecret && (
        <Stack gap="sm" key={proof}>
          <SecretFields proof={proof} error={error} at={place} />
          <TextInput
            name="credentialName"
            label="What to call the secret"
            placeholder="As the connection"
            error={fieldFault(error, `${proofPaths(place).credential}.name`)}
            autoComplete="off"
          />
          {environments.length > 1 && (
            <NativeSelect
              name="proofIn"
              label="For which environment"
              description="The others get theirs later: what reaches production is better not used elsewhere."
              value={place}
              onChange={(event) => setAt(Number(event.currentTarget.value))}
              data={environments.map((name, index) => ({ value: index.toString(), label: name || `environment ${index + 1}` }))}
            />
          )}
        </Stack>
      )}
    </Stack>
  );
}

function SecretFields({ proof, error, at }: { proof: Proof; error: unknown; at: number }) {
  const paths = proofPaths(at);
  const fault = (field: string) => fieldFault(error, `${paths.credential}.data.${field}`);
  if (proof === "google-service-account")
    return (
      <FileInput
        name="keyFile"
        label="Key file"
        description="As downloaded from Google Cloud; at most 64 KiB."
        placeholder="Choose a file"
        error={fault("valueBase64")}
      />
    );
  if (proof === "basic-auth")
    return (
      <Group grow align="flex-start">
        <TextInput name="username" label="User name" error={fault("username")} autoComplete="off" />
        <SecretField name="secret" label="Password" error={fault("password")} />
      </Group>
    );
  return (
    <>
      {proof === "api-key" && (
        <Group grow align="flex-start">
          <TextInput
            name="carrierName"
            label="Name"
            defaultValue="X-Api-Key"
            error={fieldFault(error, `${paths.config}.name`) ?? fieldFault(error, "authSchemeConfigs[0].name")}
            autoComplete="off"
            spellCheck={false}
          />
          <NativeSelect
            name="carrier"
            label="Where it goes"
            data={[
              { value: "header", label: "Header" },
              { value: "query", label: "Query parameter" },
              { value: "cookie", label: "Cookie" },
            ]}
          />
        </Group>
      )}
      <SecretField name="secret" label={proof === "bearer" ? "Token" : "Key"} error={fault("value")} />
    </>
  );
}
