import type { AuthSchemeConfigInput } from "@mooring/contract";
import { Carrier, type SchemeForm } from "./carrier.tsx";
import { HmacFields } from "./hmac-fields.tsx";
import { OAuthFields } from "./oauth-fields.tsx";

/** How a scheme is set, by its kind; nothing for those that have nothing to set. */
export function SchemeFields({ config, ...form }: SchemeForm) {
  switch (config.schemeType) {
    case "none":
    case "basic-auth":
    case "google-service-account":
      return null;
    case "api-key":
      return <ApiKeyFields config={config} {...form} />;
    case "oauth2":
      return <OAuthFields config={config} {...form} />;
    case "hmac":
      return <HmacFields config={config} {...form} />;
  }
}

type ApiKey = Extract<AuthSchemeConfigInput, { schemeType: "api-key" }>;

function ApiKeyFields({ config, error, path, onChange }: SchemeForm<ApiKey>) {
  return (
    <Carrier
      config={config}
      error={error}
      path={path}
      hint="For a bearer token: the header Authorization, and a secret that begins with “Bearer ”."
      onChange={onChange}
    />
  );
}
