import type { AuthSchemeConfigInput, ConnectionPreset, CredentialCreate } from "@mooring/contract";
import { call } from "../../api/client.ts";
import { proofPaths } from "./scratch-body.ts";

/** Of the form of a preset, what is no plain field. */
export interface PresetStructure {
  readonly environments: readonly string[];
  /** Values of the preset's variables, by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** Which of its auth schemes; undefined: later. */
  readonly scheme: number | undefined;
  /** The environment that gets the credential. */
  readonly place: number;
}

/** `url` with the values of variables in place of their names in capitals, as in `https://SUBDOMAIN.example.com`. */
export function filled(url: string, variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables).reduce((text, [name, value]) => (value === "" ? text : text.replaceAll(name.toUpperCase(), value)), url);
}

/** Creates what the form says, with the application that people sign in through where there is one. Throws a `Refusal`, and leaves nothing then. */
export async function createFromPreset(org: string, preset: ConnectionPreset, structure: PresetStructure, form: FormData) {
  const params = { organisation_id: org };
  const name = String(form.get("name"));
  const scheme = structure.scheme === undefined ? undefined : preset.authSchemes[structure.scheme];
  const data = scheme ? dataOf(scheme.credential, form) : {};
  const application = scheme?.credential.type === "oauth2-token" ? await createApplication(org, name, data) : undefined;
  try {
    const authSchemeConfig = scheme && configOf(scheme, data, application);
    const entry = authSchemeConfig && {
      authSchemeConfig,
      // The application has the secret; of the same client and token address it is taken from there.
      credential: { type: scheme.credential.type, name, data: application ? { ...data, clientSecret: "" } : data } as CredentialCreate,
    };
    const { body } = await call("CreateHTTPConnection", {
      params,
      body: {
        name,
        baseUrl: preset.baseUrl,
        environmentVariables: preset.environmentVariables.map((one) => ({ name: one.name, value: structure.variables[one.name] ?? "" })),
        authSchemeConfigs: [...(authSchemeConfig ? [authSchemeConfig] : []), ...others(preset, structure.scheme)],
        environments: structure.environments.map((one, at) => ({
          name: one,
          variables: [],
          credentials: entry && at === structure.place ? { action: [entry] } : {},
        })),
      },
    });
    return body;
  } catch (error) {
    if (application) await call("DeleteCredential", { params: { ...params, credential_id: application } }).catch(() => undefined);
    throw error;
  }
}

type Scheme = ConnectionPreset["authSchemes"][number];
type Data = Readonly<Record<string, unknown>>;

function dataOf({ type, prefix = "", additionalParams }: Scheme["credential"], form: FormData): Data {
  const text = (name: string) => String(form.get(`data.${name}`) ?? "");
  // Whoever copied the whole header is not sent with the word twice.
  if (type === "string") return { value: text("value").startsWith(prefix) ? text("value") : prefix + text("value") };
  if (type === "basic-auth") return { username: text("username"), password: text("password") };
  if (type === "none") return {};
  return {
    clientId: text("clientId").trim(),
    clientSecret: text("clientSecret"),
    authorizeUrl: text("authorizeUrl").trim(),
    tokenUrl: text("tokenUrl").trim(),
    scopes: form.getAll("scopes").map(String),
    ...(additionalParams ? { additionalParams } : {}),
  };
}

async function createApplication(org: string, name: string, data: Data): Promise<string> {
  const body = { type: "oauth2-client", name: `${name} application`, data } as unknown as CredentialCreate;
  return (await call("CreateCredential", { params: { organisation_id: org }, body })).body.id;
}

/** The scheme as it is kept: with the addresses that were filled in, and with the application where people sign in. */
function configOf({ authSchemeConfig: config }: Scheme, data: Data, application: string | undefined): AuthSchemeConfigInput {
  if (config.schemeType !== "oauth2") return config;
  const flows = application ? { authorizationCode: { applicationCredential: { id: application } } } : { clientCredentials: {} };
  return { ...config, authorizeUrl: String(data.authorizeUrl), tokenUrl: String(data.tokenUrl), flows };
}

/** The preset's other schemes, as far as they need nothing that is not known yet. */
function others({ authSchemes }: ConnectionPreset, chosen: number | undefined): AuthSchemeConfigInput[] {
  return authSchemes.flatMap(({ authSchemeConfig }, at) =>
    at === chosen || authSchemeConfig.schemeType === "oauth2" ? [] : [authSchemeConfig],
  );
}

/** The fields whose faults stand beside their inputs. */
export function shownPresetFields({ environmentVariables }: ConnectionPreset, { environments, place }: PresetStructure): string[] {
  const data = ["value", "username", "password", "clientId", "clientSecret", "authorizeUrl", "tokenUrl"];
  return [
    "name",
    ...environments.map((_, at) => `environments[${at}].name`),
    ...environmentVariables.map((_, at) => `environmentVariables[${at}].value`),
    ...data.map((one) => `${proofPaths(place).credential}.data.${one}`),
    ...data.map((one) => `data.${one}`),
  ];
}
