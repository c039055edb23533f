import type { AuthSchemeConfigInput, BigQueryConnectionCreate, CredentialCreate, EnvironmentVariable } from "@mooring/contract";
import { call } from "../../api/client.ts";

/** Of a form for a new connection, what is no plain field. */
export interface Structure {
  readonly protocol: "http" | "bigquery";
  readonly environments: readonly string[];
  readonly variables: readonly EnvironmentVariable[];
  readonly proof: Proof;
}

/** How calls prove who they are, as far as a first form asks for it. */
export type Proof = "later" | "none" | "bearer" | "api-key" | "basic-auth" | "google-service-account";

/** Creates what the form says. Throws a `Refusal`. */
export async function createFromForm(org: string, structure: Structure, form: FormData) {
  const { protocol, environments, variables } = structure;
  const params = { organisation_id: org };
  const proof = await proofOf(structure, form);
  const base = {
    name: String(form.get("name")),
    environmentVariables: variables.map(({ name, value }) => ({ name, value })),
    authSchemeConfigs: proof ? [proof.authSchemeConfig] : [],
    environments: environments.map((name, at) => ({
      name,
      variables: [],
      credentials:
        proof?.credential && at === Number(form.get("proofIn") ?? 0)
          ? { action: [{ authSchemeConfig: proof.authSchemeConfig, credential: proof.credential }] }
          : {},
    })),
  };
  if (protocol === "http") return call("CreateHTTPConnection", { params, body: { ...base, baseUrl: String(form.get("baseUrl")).trim() } });
  const body: BigQueryConnectionCreate = { ...base, datasetId: String(form.get("datasetId")).trim() };
  return call("CreateBigQueryConnection", { params, body });
}

interface FirstProof {
  readonly authSchemeConfig: AuthSchemeConfigInput;
  readonly credential?: CredentialCreate;
}

async function proofOf({ proof }: Structure, form: FormData): Promise<FirstProof | undefined> {
  const text = (name: string) => String(form.get(name) ?? "");
  const name = text("credentialName") || text("name");
  switch (proof) {
    case "later":
      return undefined;
    case "none":
      return { authSchemeConfig: { schemeType: "none" } };
    case "bearer":
      return {
        authSchemeConfig: { schemeType: "api-key", in: "header", name: "Authorization" },
        // Sent as it is, so the word before the token belongs to the secret.
        credential: { type: "string", name, data: { value: `Bearer ${text("secret").replace(/^Bearer\s+/i, "")}` } },
      };
    case "api-key":
      return {
        authSchemeConfig: { schemeType: "api-key", in: text("carrier") as "header", name: text("carrierName") },
        credential: { type: "string", name, data: { value: text("secret") } },
      };
    case "basic-auth":
      return {
        authSchemeConfig: { schemeType: "basic-auth" },
        credential: { type: "basic-auth", name, data: { username: text("username"), password: text("secret") } },
      };
    case "google-service-account":
      return {
        authSchemeConfig: { schemeType: "google-service-account" },
        credential: { type: "binary", name, data: { valueBase64: await base64Of(form.get("keyFile")) } },
      };
  }
}

async function base64Of(file: FormDataEntryValue | null): Promise<string> {
  if (!(file instanceof File)) return "";
  return btoa(Array.from(new Uint8Array(await file.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(""));
}

/** Where a fault of the first credential lies in what is sent. */
export const proofPaths = (at: number) => ({
  config: `environments[${at}].credentials.action[0].authSchemeConfig`,
  credential: `environments[${at}].credentials.action[0].credential`,
});

/** The fields whose faults stand beside their inputs. */
export function shownFields({ environments, variables }: Structure): string[] {
  const ofProof = environments.flatMap((_, at) => {
    const { config, credential } = proofPaths(at);
    return [
      `${config}.name`,
      ...["name", "data.value", "data.username", "data.password", "data.valueBase64"].map((field) => `${credential}.${field}`),
    ];
  });
  return [
    "name",
    "baseUrl",
    "datasetId",
    "authSchemeConfigs[0].name",
    ...environments.map((_, at) => `environments[${at}].name`),
    ...variables.flatMap((_, at) => [`environmentVariables[${at}].name`, `environmentVariables[${at}].value`]),
    ...ofProof,
  ];
}
