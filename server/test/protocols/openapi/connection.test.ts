import { describe, expect, it } from "vitest";
import { baseUrlFault } from "../../../src/domain/base-url.ts";
import { openApi, placesOf, readWhole } from "./whole.ts";

const draftOf = (more: Record<string, unknown>) => readWhole(openApi({}, { components: {}, ...more })).draft;

describe("the servers of a file become a base URL", () => {
  const host = "https://{{ env.host }}";
  const region = { region: { default: "eu" } };
  it.each([
    { what: "one", servers: [{ url: "https://api.example.com/v1/" }], baseUrl: "https://api.example.com/v1", variables: {} },
    {
      what: "variables",
      servers: [{ url: "https://{region}.example.com", variables: region }],
      baseUrl: "https://{{ env.region }}.example.com",
      variables: { region: "eu" },
    },
    {
      what: "a variable for the scheme",
      servers: [{ url: "{s}://a.example.com", variables: { s: { default: "http" } } }],
      baseUrl: "http://a.example.com",
      variables: {},
    },
    {
      what: "a variable in the port",
      servers: [{ url: "https://a.example.com:{port}/{base}", variables: { port: { default: "8443" }, base: { default: "v2" } } }],
      baseUrl: "https://a.example.com:{{ env.port }}/{{ env.base }}",
      variables: { port: "8443", base: "v2" },
    },
    {
      what: "a host and path in one variable",
      servers: [{ url: "https://{all}", variables: { all: { default: "a.example.com/v1" } } }],
      baseUrl: "https://a.example.com/v1",
      variables: {},
    },
    {
      what: "a variable without a default",
      servers: [{ url: "https://{region}.example.com" }],
      baseUrl: "https://{{ env.region }}.example.com",
      variables: {},
      told: "have no default",
    },
    {
      what: "a name that templates do not take",
      servers: [{ url: "https://{the region}.example.com", variables: { "the region": { default: "eu" } } }],
      baseUrl: "https://{{ env.the_region }}.example.com",
      variables: { the_region: "eu" },
      told: "Names were changed",
    },
    { what: "a path alone", servers: [{ url: "/v1" }], baseUrl: `${host}/v1`, variables: {}, told: "cannot be used" },
    { what: "no server", servers: undefined, baseUrl: host, variables: {}, told: "cannot be used" },
    { what: "another protocol", servers: [{ url: "ws://a.example.com/x" }], baseUrl: `${host}/x`, variables: {}, told: "cannot be used" },
    { what: "nonsense", servers: [{ url: "{{{" }, 5], baseUrl: host, variables: {}, told: "cannot be used" },
    {
      what: "several",
      servers: [{ url: "https://a.example.com" }, { url: "https://b.example.com" }],
      baseUrl: "https://a.example.com",
      variables: {},
      told: "Only the first server",
    },
  ])("$what", ({ servers, baseUrl, variables, told }) => {
    const draft = draftOf({ servers });
    expect(draft.baseUrl).toBe(baseUrl);
    expect(baseUrlFault(draft.baseUrl)).toBeUndefined();
    expect(Object.fromEntries(draft.environmentVariables.map(({ name, value }) => [name, value]))).toEqual(variables);
    if (told !== undefined) expect(draft.messages.map(({ text }) => text)).toContainEqual(expect.stringContaining(told));
  });

  it("and where only operations have any, the first of those", () => {
    const get = { servers: [{ url: "https://a.example.com" }], responses: {} };
    const post = { servers: [{ url: "https://b.example.com" }], responses: {} };
    const document = openApi({ "/a": { get, post } }, { servers: [] });
    expect(readWhole(document).draft.baseUrl).toBe("https://a.example.com");
    expect(placesOf(document, "Servers of single paths")).toEqual(["/paths/~1a/post/servers/0"]);
  });
});

describe("the security schemes of a file become auth scheme configs", () => {
  const key = { type: "apiKey", in: "header", name: "X-Key" };
  const keyConfig = { schemeType: "api-key", in: "header", name: "X-Key" };
  const basic = { type: "http", scheme: "Basic" };
  const bearer = { type: "http", scheme: "bearer" };
  const tokenUrl = "https://auth.example.com/token";
  const configs = (securitySchemes: unknown, security?: unknown) =>
    draftOf({ components: { securitySchemes }, ...(security !== undefined && { security }) }).authSchemeConfigs;

  it.each([
    { what: "a key", scheme: key, becomes: [keyConfig] },
    {
      what: "a key in the query",
      scheme: { ...key, in: "query", name: "api key" },
      becomes: [{ ...keyConfig, in: "query", name: "api key" }],
    },
    { what: "basic", scheme: basic, becomes: [{ schemeType: "basic-auth" }] },
    { what: "bearer", scheme: bearer, becomes: [{ schemeType: "api-key", name: "Authorization", in: "header" }] },
    {
      what: "client credentials",
      scheme: { type: "oauth2", flows: { clientCredentials: { tokenUrl, scopes: { "read:x": "Reads", "a b": "" } } } },
      becomes: [
        {
          schemeType: "oauth2",
          authorizeUrl: tokenUrl,
          tokenUrl,
          scopes: [{ name: "read:x", description: "Reads" }],
          flows: { clientCredentials: {} },
        },
      ],
    },
    { what: "a header that is no token", scheme: { ...key, name: "a b" }, becomes: [], told: "have no auth scheme config" },
    { what: "a header of the connection", scheme: { ...key, name: "Host" }, becomes: [], told: "have no auth scheme config" },
    { what: "digest", scheme: { type: "http", scheme: "digest" }, becomes: [], told: "have no auth scheme config" },
    { what: "mutual TLS", scheme: { type: "mutualTLS" }, becomes: [], told: "have no auth scheme config" },
    {
      what: "OpenID Connect",
      scheme: { type: "openIdConnect", openIdConnectUrl: "https://a" },
      becomes: [],
      told: "have no auth scheme config",
    },
    { what: "an implicit flow", scheme: { type: "oauth2", flows: { implicit: {} } }, becomes: [], told: "have no auth scheme config" },
    { what: "nothing", scheme: null, becomes: [], told: "have no auth scheme config" },
  ])("$what", ({ scheme, becomes, told }) => {
    const draft = draftOf({ components: { securitySchemes: { one: scheme } } });
    expect(draft.authSchemeConfigs).toEqual(becomes);
    if (told !== undefined) expect(draft.messages.map(({ text }) => text)).toContainEqual(expect.stringContaining(told));
  });

  it("in the order of the requirements: those together side by side, then the alternatives, then what is only declared", () => {
    const schemes = { basic, key, other: { ...key, name: "X-Other" }, bearer };
    expect(configs(schemes, [{ bearer: [], key: [] }, { basic: [] }])).toEqual([
      { schemeType: "api-key", name: "Authorization", in: "header" },
      keyConfig,
      { schemeType: "basic-auth" },
      { ...keyConfig, name: "X-Other" },
    ]);
    expect(
      placesOf(openApi({}, { components: { securitySchemes: schemes }, security: [{ key: [], basic: [] }] }), "several proofs"),
    ).toEqual(["/security/0"]);
  });

  it("each once, and none where calls may go without", () => {
    expect(configs({ one: key, two: key }, [{}, { one: [] }])).toEqual([{ schemeType: "none" }, keyConfig]);
    expect(configs({ one: key }, [])).toEqual([{ schemeType: "none" }, keyConfig]);
  });

  it("but a sign-in waits for the credential of an application: the message has the addresses", () => {
    const authorizationCode = { authorizationUrl: "https://auth.example.com/sign-in", tokenUrl, scopes: { read: "" } };
    const draft = draftOf({ components: { securitySchemes: { one: { type: "oauth2", flows: { authorizationCode } } } } });
    expect(draft.authSchemeConfigs).toEqual([]);
    expect(draft.messages).toContainEqual({
      severity: "warning",
      text: expect.stringMatching(
        /https:\/\/auth\.example\.com\/sign-in; tokens come from https:\/\/auth\.example\.com\/token. Scopes: read\./,
      ),
      detail: ["/components/securitySchemes/one/flows/authorizationCode"],
    });
  });

  it("a name that is not declared is told of", () => {
    expect(placesOf(openApi({}, { components: {}, security: [{ constructor: [] }] }), "point to nothing")).toEqual([
      "/security/0/constructor",
    ]);
  });
});

describe("the title of a file becomes a name", () => {
  it.each([
    { title: "Orders", name: "Orders" },
    { title: "  Two\nlines\u0000 ", name: "Two lines" },
    { title: "x".repeat(300), name: "x".repeat(200) },
    { title: "", name: "Imported API" },
    { title: 5, name: "Imported API" },
  ])("$title", ({ title, name }) => expect(draftOf({ info: { title } }).name).toBe(name));
});
