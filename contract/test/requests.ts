/** Requests that a client of the contract sends, by the component that they are of. Each must be accepted. */
export const requests: Record<string, readonly unknown[]> = {
  CredentialCreate: [
    { name: "none", type: "none", data: {} },
    { name: "key", type: "string", data: { value: 's3cr3t "quoted" %+\n' } },
    { name: "file", type: "binary", data: { valueBase64: "AAEC" } },
    { name: "login", type: "basic-auth", data: { username: "sam", password: "" } },
    { name: "app", type: "oauth2-client", data: oauth2() },
    { name: "app with all", type: "oauth2-client", data: { ...oauth2(), scopes: ["read:a"], additionalParams: { audience: "x" } } },
    { name: "grant", type: "oauth2-token", data: { ...oauth2(), scopes: [] } },
    {
      name: "grant with all",
      type: "oauth2-token",
      data: { ...oauth2(), scopes: ["a"], accessToken: "t", refreshToken: "r", additionalParams: {} },
    },
  ],
  AuthSchemeConfig: authSchemeConfigs(),
  EnvironmentCreate: [environmentCreate()],
  EnvironmentUpdate: [
    { id: ulid(1), name: "prod" },
    { id: ulid(1), name: "prod", variables: [], credentials: { action: [{ id: ulid(2), authSchemeConfig: { schemeType: "none" } }] } },
    environment(),
  ],
  HTTPConnectionCreate: [
    { name: "Shop", baseUrl: "https://{{ env.tenant }}.example.com/api", authSchemeConfigs: [], environments: [environmentCreate()] },
    {
      name: "Shop",
      baseUrl: "https://example.com",
      environmentVariables: [{ name: "tenant", value: "a" }],
      authSchemeConfigs: [{ schemeType: "basic-auth" }],
      environments: [environmentCreate(), { name: "prod", credentials: {}, variables: [] }],
    },
  ],
  BigQueryConnectionCreate: [
    { name: "Warehouse", environments: [environmentCreate()] },
    { name: "Warehouse", datasetId: "project.dataset", environments: [environmentCreate()] },
  ],
  ConnectionUpdate: [
    { id: ulid(3), organisationId: ulid(4), name: "Shop", protocol: "http", baseUrl: "https://example.com" },
    { id: ulid(3), organisationId: ulid(4), name: "Warehouse", protocol: "bigquery", datasetId: "d", authSchemeConfigs: [] },
    { ...httpConnection(), environments: [environment(), environmentCreate(), { id: ulid(1), name: "renamed" }] },
  ],
  Credential: [credential()],
  ConnectionVersionCreate: [{ name: "2.0.0" }, { name: "名前", fromVersion: "latest" }],
  ConnectionVersion: [version(), { ...version(), publishedAt: null, description: "First" }],
};

/** Every auth scheme config there can be. */
function authSchemeConfigs() {
  return [
    { schemeType: "none" },
    { schemeType: "api-key", name: "X-Api-Key", in: "header" },
    { schemeType: "api-key", name: "api key[]", in: "query" },
    { schemeType: "api-key", name: "sid", in: "cookie" },
    { schemeType: "basic-auth" },
    { schemeType: "oauth2", ...endpoints(), scopes: [{ name: "a", description: "b" }], flows: { clientCredentials: {} } },
    { schemeType: "oauth2", ...endpoints(), scopes: [], flows: { authorizationCode: { applicationCredential: credential() } } },
    { schemeType: "google-service-account" },
    { schemeType: "hmac", name: "X-Signature", in: "header", algorithm: "sha256", digestInputs: ["body", "url"] },
  ];
}

/** A connection with everything in it, as it reads. */
export function httpConnection() {
  return {
    id: ulid(3),
    organisationId: ulid(4),
    name: "Shop",
    protocol: "http",
    baseUrl: "https://{{ env.tenant }}.example.com/api",
    authSchemeConfigs: authSchemeConfigs(),
    environmentVariables: [{ name: "tenant", value: "acme" }],
    environments: [environment()],
    versions: [version(), { ...version(), id: ulid(9), name: "2", publishedAt: null, description: "Draft" }],
    ...times(),
  };
}

export function environment() {
  return {
    id: ulid(1),
    name: "prod",
    slug: "prod",
    credentials: { action: [used("oauth2")], trigger: [used("api-key")] },
    variables: [{ name: "tenant", value: "line\nbreak" }],
    ...times(),
  };
}

export function credential() {
  const usage = { id: ulid(1), name: "prod", slug: "prod", connection: summary(), ...times() };
  return {
    id: ulid(5),
    type: "oauth2-client",
    name: "app",
    usages: [{ environment: usage }],
    errors: ["invalid_client"],
    data: { ...oauth2(), clientSecret: "********", scopes: ["a"], additionalParams: { audience: "x" } },
    ...times(),
  };
}

export function version() {
  return { id: ulid(8), name: "1", isLatest: true, isDefault: true, publishedAt: "2026-01-02T03:04:05.678Z", ...times() };
}

function environmentCreate() {
  const action = [
    {
      authSchemeConfig: { schemeType: "api-key", name: "X-Api-Key", in: "header" },
      credential: { name: "k", type: "string", data: { value: "v" } },
    },
    { authSchemeConfig: { schemeType: "basic-auth" }, credential: { id: ulid(5) } },
  ];
  return { name: "dev", credentials: { action, trigger: [] }, variables: [{ name: "tenant", value: "" }] };
}

function used(scheme: "oauth2" | "api-key") {
  const config =
    scheme === "api-key"
      ? { schemeType: "api-key", name: "X-Api-Key", in: "header" }
      : {
          schemeType: "oauth2",
          ...endpoints(),
          scopes: [],
          flows: { clientCredentials: {}, authorizationCode: { applicationCredential: credential() } },
        };
  return { id: ulid(6), authSchemeConfig: config, credential: credential() };
}

function summary() {
  return { id: ulid(3), organisationId: ulid(4), name: "Shop", protocol: "http", ...times() };
}

function oauth2() {
  return { clientId: "c", clientSecret: "s", ...endpoints() };
}

function endpoints() {
  return { authorizeUrl: "https://id.example.com/authorize", tokenUrl: "https://id.example.com/token" };
}

function times() {
  return { createdAt: "2026-01-02T03:04:05.678Z", updatedAt: "2026-01-02T03:04:05.678Z" };
}

function ulid(number: number) {
  return `01ARZ3NDEKTSV4RRFFQ69G5FA${number}`;
}
