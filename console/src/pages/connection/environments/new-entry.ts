import type { AuthSchemeConfigInput, Credential, CredentialCreate, CredentialType, EnvironmentCredentialCreate } from "@mooring/contract";
import { call } from "../../../api/client.ts";
import { dataOf } from "../../credentials/data.ts";

interface Filled {
  readonly config: AuthSchemeConfigInput;
  readonly type: CredentialType;
  readonly source: "new" | "existing";
  readonly form: FormData;
}

/**
 * A new entry of a list of credentials, as the form says. An application that people sign in through is kept first where it is new, since
 * the config names it by its id.
 */
export async function newEntryOf(org: string, { config, type, source, form }: Filled): Promise<EnvironmentCredentialCreate> {
  const { authSchemeConfig, application } = await withApplication(org, config, form);
  if (source === "existing") return { authSchemeConfig, credential: { id: text(form, "existing") } };
  const name = text(form, "credentialName") || "No secret";
  if (authSchemeConfig.schemeType === "oauth2") {
    form.set("authorizeUrl", authSchemeConfig.authorizeUrl);
    form.set("tokenUrl", authSchemeConfig.tokenUrl);
    form.set("scopes", authSchemeConfig.scopes.map((scope) => scope.name).join(" "));
  }
  // An empty secret of a sign-in stands for that of its application.
  if (application && "clientId" in application.data) form.set("clientId", application.data.clientId);
  if (application) form.delete("clientSecret");
  const data = await dataOf(type, form);
  return { authSchemeConfig, credential: { name, type, data } as CredentialCreate };
}

async function withApplication(org: string, config: AuthSchemeConfigInput, form: FormData) {
  if (config.schemeType !== "oauth2" || !config.flows.authorizationCode) return { authSchemeConfig: config, application: undefined };
  const { id } = config.flows.authorizationCode.applicationCredential;
  const application = id === "" ? await keep(org, config, form) : await read(org, id);
  const flows = {
    authorizationCode: { applicationCredential: { id: application.id } as typeof config.flows.authorizationCode.applicationCredential },
  };
  return { authSchemeConfig: { ...config, flows }, application };
}

async function keep(org: string, config: Extract<AuthSchemeConfigInput, { schemeType: "oauth2" }>, form: FormData): Promise<Credential> {
  const data = {
    clientId: text(form, "applicationClientId"),
    clientSecret: text(form, "applicationClientSecret"),
    authorizeUrl: config.authorizeUrl,
    tokenUrl: config.tokenUrl,
    scopes: config.scopes.map(({ name }) => name),
  };
  const body: CredentialCreate = { name: text(form, "applicationName"), type: "oauth2-client", data };
  return (await call("CreateCredential", { params: { organisation_id: org }, body })).body;
}

const read = async (org: string, id: string) =>
  (await call("GetCredential", { params: { organisation_id: org, credential_id: id } })).body as Credential;

const text = (form: FormData, name: string) => String(form.get(name) ?? "");
