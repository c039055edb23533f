import { Checkbox, NativeSelect, Radio, Stack, Text, TextInput } from "@mantine/core";
import type { ConnectionPreset } from "@mooring/contract";
import { type ReactNode, useState } from "react";
import { fieldFault } from "../../api/problem.ts";
import { useOrganisation } from "../../api/session.ts";
import { Copyable } from "../../parts/copy.tsx";
import { SecretField } from "../../parts/secret-field.tsx";
import { Ticked } from "../../parts/ticked.tsx";
import { filled, type PresetStructure } from "./preset-body.ts";
import { proofPaths } from "./scratch-body.ts";

type Scheme = ConnectionPreset["authSchemes"][number];

interface Proving {
  readonly preset: ConnectionPreset;
  readonly structure: PresetStructure;
  readonly error: unknown;
  readonly onChange: (change: Partial<PresetStructure>) => void;
}

/** Which of the API's ways to prove identity is used, and the secret for it, unless that is for later. */
export function PresetProof({ preset, structure, error, onChange }: Proving) {
  const { scheme: chosen, environments, place } = structure;
  const scheme = chosen === undefined ? undefined : preset.authSchemes[chosen];
  return (
    <Stack>
      <Radio.Group
        label="How calls prove who they are"
        value={chosen === undefined ? "later" : chosen.toString()}
        onChange={(value) => onChange({ scheme: value === "later" ? undefined : Number(value) })}
      >
        <Stack gap="sm" mt="xs">
          {preset.authSchemes.map(({ title, description }, at) => (
            <Radio key={title} value={at.toString()} label={title} description={<Ticked>{description}</Ticked>} />
          ))}
          <Radio value="later" label="Later" description="Credentials can be added in the connection's environments at any time." />
        </Stack>
      </Radio.Group>
      {scheme && scheme.credential.type !== "none" && (
        <Stack gap="sm" key={chosen}>
          <SchemeFields scheme={scheme} structure={structure} error={error} />
          {environments.length > 1 && (
            <NativeSelect
              label="For which environment"
              description="The others get theirs later: what reaches production is better not used elsewhere."
              value={place}
              onChange={(event) => onChange({ place: Number(event.currentTarget.value) })}
              data={environments.map((name, index) => ({ value: index.toString(), label: name || `environment ${index + 1}` }))}
            />
          )}
        </Stack>
      )}
    </Stack>
  );
}

interface Fields {
  readonly scheme: Scheme;
  readonly structure: PresetStructure;
  readonly error: unknown;
}

/** Client, addresses and scopes stay apart from the secret's other kinds: most of them the preset knows. */
function SchemeFields({ scheme: { authSchemeConfig, credential }, structure, error }: Fields) {
  const path = `${proofPaths(structure.place).credential}.data`;
  const field = (name: string) => ({
    name: `data.${name}`,
    description: credential.hints[name] ? <Ticked>{credential.hints[name]}</Ticked> : undefined,
    // An application is created before the connection, and its faults have paths of their own.
    error: fieldFault(error, `${path}.${name}`) ?? fieldFault(error, `data.${name}`),
    autoComplete: "off",
  });
  switch (credential.type) {
    case "string":
      return <SecretField {...field("value")} label="Secret" required />;
    case "basic-auth":
      return (
        <>
          <TextInput {...field("username")} label="User name" />
          <SecretField {...field("password")} label="Password" />
        </>
      );
    case "oauth2-client":
    case "oauth2-token":
      return (
        <>
          {credential.type === "oauth2-token" && <RedirectAddress />}
          <TextInput {...field("clientId")} label="Client id" required spellCheck={false} />
          <SecretField {...field("clientSecret")} label="Client secret" />
          <Addresses isAsked={"tokenUrl" in credential.hints}>
            <Address {...field("authorizeUrl")} label="Where people sign in" url={credential.authorizeUrl} structure={structure} />
            <Address {...field("tokenUrl")} label="Where tokens are issued" url={credential.tokenUrl} structure={structure} />
          </Addresses>
          {authSchemeConfig.schemeType === "oauth2" && authSchemeConfig.scopes.length > 0 && (
            <Checkbox.Group label="Scopes" description="What to ask for." defaultValue={[...(credential.scopes ?? [])]}>
              <Stack gap="xs" mt="xs">
                {authSchemeConfig.scopes.map(({ name, description }) => (
                  <Checkbox key={name} name="scopes" value={name} label={name} description={description} />
                ))}
              </Stack>
            </Checkbox.Group>
          )}
        </>
      );
    default:
      return null;
  }
}

function RedirectAddress() {
  const org = useOrganisation();
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500}>
        Redirect address
      </Text>
      <Text size="xs" c="dimmed">
        Register it with the application. After this page, you sign in with it.
      </Text>
      <Copyable value={`${location.origin}/o/${org}/auth-schemes/oauth2/callback`} label="Copy the redirect address" />
    </Stack>
  );
}

/** Most presets know the addresses: those are out of the way, for whoever has others. */
function Addresses({ isAsked, children }: { isAsked: boolean; children: ReactNode }) {
  if (isAsked) return children;
  return (
    <details>
      <summary>
        <Text span size="sm">
          Addresses of the authorization server
        </Text>
      </summary>
      <Stack gap="sm" mt="sm">
        {children}
      </Stack>
    </details>
  );
}

interface AddressField {
  readonly name: string;
  readonly label: string;
  readonly url: string | undefined;
  readonly structure: PresetStructure;
}

/** An address of the authorization server. One that differs from customer to customer is filled in from the variables, and can be changed. */
function Address({ url = "", structure, ...props }: AddressField) {
  const [typed, setTyped] = useState<string>();
  return (
    <TextInput
      {...props}
      value={typed ?? filled(url, structure.variables)}
      onChange={(event) => setTyped(event.currentTarget.value)}
      spellCheck={false}
    />
  );
}
