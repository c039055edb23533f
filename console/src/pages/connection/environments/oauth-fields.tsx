import { Stack, TextInput } from "@mantine/core";
import type { AuthSchemeConfigInput } from "@mooring/contract";
import { useState } from "react";
import { fieldFault } from "../../../api/problem.ts";
import { words } from "../../credentials/data.ts";
import type { SchemeForm } from "./carrier.tsx";

type OAuth2 = Extract<AuthSchemeConfigInput, { schemeType: "oauth2" }>;

/** Where people sign in, where tokens come from, and what to ask for. */
export function OAuthFields({ config, error, path, onChange }: SchemeForm<OAuth2>) {
  const [scopes, setScopes] = useState(() => config.scopes.map(({ name }) => name).join(" "));
  const known = new Map(config.scopes.map((scope) => [scope.name, scope]));
  const isSignIn = config.flows.authorizationCode !== undefined;
  return (
    <Stack gap="sm">
      {isSignIn && (
        <TextInput
          label="Where people sign in"
          description="The authorization endpoint."
          placeholder="https://id.example.com/authorize"
          type="url"
          value={config.authorizeUrl}
          onChange={(event) => onChange({ ...config, authorizeUrl: event.currentTarget.value })}
          error={fieldFault(error, `${path}.authorizeUrl`)}
          required
        />
      )}
      <TextInput
        label="Where tokens are issued"
        description="The token endpoint."
        placeholder="https://id.example.com/token"
        type="url"
        value={config.tokenUrl}
        onChange={(event) => {
          const tokenUrl = event.currentTarget.value;
          // Nobody signs in where the application proves itself, and yet the contract asks where.
          const isSame = !isSignIn && config.authorizeUrl === config.tokenUrl;
          onChange({ ...config, tokenUrl, ...(isSame ? { authorizeUrl: tokenUrl } : {}) });
        }}
        error={fieldFault(error, `${path}.tokenUrl`)}
        required
      />
      <TextInput
        label="Scopes"
        description="What to ask for, with blanks in between."
        value={scopes}
        onChange={(event) => {
          const text = event.currentTarget.value;
          setScopes(text);
          onChange({ ...config, scopes: words(text).map((name) => known.get(name) ?? { name }) });
        }}
        error={fieldFault(error, `${path}.scopes`)}
      />
    </Stack>
  );
}
