import type { AuthScheme, AuthSchemeConfigInput, AuthSchemeType, Connection } from "@mooring/contract";
import { schemeNames, schemeWords } from "../../credentials/words.ts";
import { inputOf } from "./entry.ts";
import type { Purpose } from "./entry-dialog.ts";

/** A kind of proof that can be chosen, and the config it begins with. */
export interface SchemeChoice {
  readonly key: string;
  readonly title: string;
  readonly about: string;
  readonly config: AuthSchemeConfigInput;
}

/** What the connection offers itself. */
export function offeredChoices({ authSchemeConfigs }: Connection, purpose: Purpose): SchemeChoice[] {
  return authSchemeConfigs
    .filter((config) => fits(config.schemeType, purpose))
    .map((config, index) => ({
      key: `offered ${index}`,
      title: schemeWords(config),
      about: "As this connection says that it wants it.",
      config: inputOf(config),
    }));
}

/** Every kind that the protocol has. */
export function allChoices(schemes: readonly AuthScheme[], purpose: Purpose): SchemeChoice[] {
  return schemes.filter(({ type }) => fits(type, purpose)).flatMap((scheme) => choicesOf(scheme, purpose));
}

// Tokens are for calls: nothing that comes in can be checked by one.
const fits = (type: AuthSchemeType, purpose: Purpose) => purpose === "action" || (type !== "oauth2" && type !== "google-service-account");

function choicesOf({ type, description }: AuthScheme, purpose: Purpose): SchemeChoice[] {
  if (type === "oauth2") return oauthChoices;
  const about = type === "none" && purpose === "trigger" ? "Lets anybody send." : description;
  return [{ key: type, title: schemeNames[type], about, config: beginnings[type] }];
}

const beginnings = {
  none: { schemeType: "none" },
  "api-key": { schemeType: "api-key", in: "header", name: "" },
  "basic-auth": { schemeType: "basic-auth" },
  "google-service-account": { schemeType: "google-service-account" },
  hmac: { schemeType: "hmac", in: "header", name: "", algorithm: "sha256", digestInputs: ["body"] },
} as const satisfies Record<Exclude<AuthSchemeType, "oauth2">, object> as unknown as Record<
  Exclude<AuthSchemeType, "oauth2">,
  AuthSchemeConfigInput
>;

const nothingYet = { schemeType: "oauth2", authorizeUrl: "", tokenUrl: "", scopes: [] as { name: string }[] } as const;

const oauthChoices: SchemeChoice[] = [
  {
    key: "oauth2 person",
    title: "OAuth 2.0: a person signs in",
    about: "Somebody signs in at the outside system, and calls are made in their name.",
    config: { ...nothingYet, flows: { authorizationCode: { applicationCredential: { id: "" } as never } } },
  },
  {
    key: "oauth2 application",
    title: "OAuth 2.0: the application itself",
    about: "Mooring gets tokens for a client id and secret (client credentials).",
    config: { ...nothingYet, flows: { clientCredentials: {} } },
  },
];
