import type { AuthSchemeConfigInput, AuthSchemeType, CredentialType, ProtocolType } from "@mooring/contract";
import { describe, expect, it } from "vitest";
import { isConnectionHeader, misfitOf } from "../../src/domain/scheme-fit.ts";

const oauth2 = {
  schemeType: "oauth2" as const,
  authorizeUrl: "https://a.example/authorize",
  tokenUrl: "https://a.example/token",
  scopes: [],
};
const application = { applicationCredential: { id: "01KAC0NN000000000000000001" } };
const hmac = {
  schemeType: "hmac",
  name: "X-Signature",
  in: "header",
  algorithm: "sha256",
  digestInputs: ["body"],
} satisfies AuthSchemeConfigInput;

const configs: Record<string, AuthSchemeConfigInput> = {
  none: { schemeType: "none" },
  "api-key": { schemeType: "api-key", name: "X-Api-Key", in: "header" },
  "basic-auth": { schemeType: "basic-auth" },
  "oauth2 clientCredentials": { ...oauth2, flows: { clientCredentials: {} } },
  "oauth2 authorizationCode": { ...oauth2, flows: { authorizationCode: application } },
  "google-service-account": { schemeType: "google-service-account" },
  hmac,
};

const fitting: Record<string, CredentialType[]> = {
  none: ["none"],
  "api-key": ["string"],
  "basic-auth": ["basic-auth"],
  "oauth2 clientCredentials": ["oauth2-client"],
  "oauth2 authorizationCode": ["oauth2-token"],
  "google-service-account": ["binary"],
  hmac: ["string", "binary"],
};

const credentialTypes: CredentialType[] = ["none", "string", "binary", "basic-auth", "oauth2-client", "oauth2-token"];
const protocolOf = (schemeType: AuthSchemeType): ProtocolType => (schemeType === "google-service-account" ? "bigquery" : "http");

describe("which credential fits which scheme", () => {
  it.each(Object.keys(configs).flatMap((config) => credentialTypes.map((type) => ({ config, type }))))(
    "$config and $type",
    ({ config: name, type }) => {
      const config = configs[name] as AuthSchemeConfigInput;
      const misfit = misfitOf(config, { protocol: protocolOf(config.schemeType), purpose: "action", credentialType: type });
      if (fitting[name]?.includes(type)) expect(misfit).toBeUndefined();
      else expect(misfit).toMatchObject({ field: "schemeType" });
    },
  );
});

describe("which scheme fits which protocol", () => {
  const byProtocol = { http: ["none", "api-key", "basic-auth", "oauth2", "hmac"], bigquery: ["oauth2", "google-service-account"] };
  it.each(Object.values(configs).flatMap((config) => (["http", "bigquery"] as const).map((protocol) => ({ config, protocol }))))(
    "$protocol and $config.schemeType",
    ({ config, protocol }) => {
      expect(misfitOf(config, { protocol }) === undefined).toBe(byProtocol[protocol].includes(config.schemeType));
    },
  );
});

describe("what a secret may not be sent with", () => {
  it("sha1 signs no call, but checks what comes in", () => {
    const weak = { ...hmac, algorithm: "sha1" } as const;
    expect(misfitOf(weak, { protocol: "http", purpose: "action" })).toMatchObject({ field: "algorithm" });
    expect(misfitOf(weak, { protocol: "http", purpose: "trigger" })).toBeUndefined();
  });

  it.each(["Host", "connection", "CONTENT-LENGTH", "Transfer-Encoding", "TE", "Upgrade"])("the header %s steers the connection", (name) => {
    expect(isConnectionHeader(name)).toBe(true);
    expect(misfitOf({ schemeType: "api-key", name, in: "header" }, { protocol: "http", purpose: "action" })).toMatchObject({
      field: "name",
    });
    expect(misfitOf({ schemeType: "api-key", name, in: "query" }, { protocol: "http", purpose: "action" })).toBeUndefined();
  });
});
