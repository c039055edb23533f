import { readdirSync } from "node:fs";
import type { AuthSchemeConfigInput, ConnectionPreset, ConnectionPresetAuthScheme, CredentialCreate } from "@mooring/contract";
import { describe, expect, test } from "vitest";
import { fitsServed } from "../../../contract/test/validators.ts";
import { authorizationUrl, faultsOfRequest } from "../../src/domain/authorization-request.ts";
import { baseUrlFault, parseBaseUrl, resolveBaseUrl } from "../../src/domain/base-url.ts";
import { configFaults } from "../../src/domain/scheme-fit.ts";
import { connectionPresets } from "../../src/protocols/http/presets.ts";
import { signaturePresets } from "../../src/schemes/presets.ts";
import { createCredential, credentialOf } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

const schemes = connectionPresets.flatMap((preset) =>
  preset.authSchemes.map((scheme) => ({ preset: preset.slug, title: scheme.title, scheme })),
);
const withOAuth = schemes.flatMap(({ scheme: { authSchemeConfig, ...scheme }, ...names }) =>
  authSchemeConfig.schemeType === "oauth2" ? [{ ...names, scheme, config: authSchemeConfig }] : [],
);

describe("presets of connections", () => {
  test("are all files of their folder, under their slugs, by name, and twenty or more", () => {
    const files = readdirSync(new URL("../../src/protocols/http/presets/", import.meta.url)).sort();
    expect(files).toEqual(connectionPresets.map(({ slug }) => `${slug}.json`).sort());
    const names = connectionPresets.map(({ name }) => name.toLowerCase());
    expect(names).toEqual([...names].sort());
    expect(files.length).toBeGreaterThanOrEqual(20);
  });

  test.each(connectionPresets)("$slug fits the contract, and its base URL needs the variables it names and no other", (preset) => {
    expect(fitsServed("ConnectionPreset", preset)).toEqual({ ok: true, errors: [] });
    expect(baseUrlFault(preset.baseUrl)).toBeUndefined();
    expect([...preset.baseUrl.matchAll(/env\.(\w+)/g)].map(([, name]) => name)).toEqual(
      preset.environmentVariables.map(({ name }) => name),
    );
    const filled = new Map(preset.environmentVariables.map(({ name, value }) => [name, value || "example"]));
    expect(resolveBaseUrl(parseBaseUrl(preset.baseUrl), filled).origin).toMatch(/^https:/);
    if (preset.signaturePreset !== undefined) expect(signaturePresets.map(({ name }) => name)).toContain(preset.signaturePreset);
  });

  test.each(schemes)("$preset, $title: the credential fits the scheme, and a hint says what each secret is", ({ scheme }) => {
    const { authSchemeConfig, credential } = scheme;
    const config = withApplication(authSchemeConfig, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    expect(fitsServed("AuthSchemeConfigInput", config)).toEqual({ ok: true, errors: [] });
    const use = { protocol: "http", credentialType: credential.type } as const;
    expect(configFaults(config, use)).toEqual([]);
    expect(configFaults(config, { ...use, purpose: "action" })).toEqual([]);
    expect(Object.keys(credential.hints)).toEqual(expect.arrayContaining([...secretFields[credential.type]]));
    const data: object = credentialWith(scheme).data;
    for (const field of Object.keys(credential.hints)) expect(data).toHaveProperty(field);
  });

  test.each(withOAuth)(
    "$preset, $title: addresses and scopes are the config's, and what stands for a name has a hint",
    ({ scheme, config }) => {
      const { credential, signIn } = scheme;
      const { authorizeUrl, tokenUrl, flows } = config;
      expect(credential).toMatchObject({ authorizeUrl, tokenUrl });
      expect(Object.keys(flows)).toHaveLength(1);
      const offered = config.scopes.map(({ name }) => name);
      expect(offered).toEqual(expect.arrayContaining(credential.scopes ?? []));
      for (const field of ["authorizeUrl", "tokenUrl"] as const) {
        expect(new URL(config[field]).protocol).toBe("https:");
        expect(/[A-Z]{4,}/.test(config[field])).toBe(field in credential.hints);
      }
      const request = {
        authorizeUrl,
        clientId: "id",
        redirectUri: "https://mooring.example.com/callback",
        scopes: credential.scopes ?? [],
        prompt: signIn?.prompt,
        ownParams: credential.additionalParams ?? {},
        additionalParams: signIn?.additionalParams,
      };
      expect(faultsOfRequest(request)).toEqual([]);
      expect(URL.canParse(authorizationUrl(request, { state: "s", codeChallenge: "c" }))).toBe(true);
    },
  );
});

// What a preset says is one for both engines: one tells whether it is taken.
onEachEngine(
  "a connection from each preset",
  (world) => {
    test("is made as it is, with an environment for each of its schemes", async () => {
      const key = await world.as("key");
      const { id } = await createCredential(world, "oauth2-client");
      const { presets } = (await world.must(key, "ListConnectionPresets")).body;
      for (const preset of presets) {
        const { body } = await world.must(key, "CreateHTTPConnection", { body: connectionFrom(preset, id) });
        expect(body).toMatchObject({ name: preset.name, baseUrl: preset.baseUrl });
        expect(body.environments).toHaveLength(preset.authSchemes.length);
      }
      expect(presets.length).toBe(connectionPresets.length);
    });
  },
  { only: ["sqlite"] },
);

/** As a console would make it: one environment for each scheme, which it could be. */
function connectionFrom({ name, baseUrl, environmentVariables, authSchemes }: ConnectionPreset, application: string) {
  return {
    name,
    baseUrl,
    environmentVariables: environmentVariables.map((variable) => ({ name: variable.name, value: variable.value })),
    authSchemeConfigs: authSchemes.map(({ authSchemeConfig }) => withApplication(authSchemeConfig, application)),
    environments: authSchemes.map((scheme) => ({
      name: scheme.title,
      variables: [],
      credentials: {
        action: [{ authSchemeConfig: withApplication(scheme.authSchemeConfig, application), credential: credentialWith(scheme) }],
      },
    })),
  };
}

function withApplication(config: ConnectionPresetAuthScheme["authSchemeConfig"], id: string): AuthSchemeConfigInput {
  if (config.schemeType !== "oauth2" || !config.flows.authorizationCode) return config as AuthSchemeConfigInput;
  return { ...config, flows: { authorizationCode: { applicationCredential: { id } } } };
}

/** A credential of its type with secrets that stand for those of the hints. */
function credentialWith({ credential }: ConnectionPresetAuthScheme): CredentialCreate {
  const { type, scopes, authorizeUrl, tokenUrl, additionalParams } = credential;
  const sample = credentialOf[type]();
  const addresses = authorizeUrl === undefined ? {} : { authorizeUrl, tokenUrl, scopes, ...(additionalParams && { additionalParams }) };
  return { ...sample, data: { ...sample.data, ...addresses } } as CredentialCreate;
}

const secretFields = {
  none: [],
  string: ["value"],
  binary: ["valueBase64"],
  "basic-auth": ["username", "password"],
  "oauth2-client": ["clientId", "clientSecret"],
  "oauth2-token": ["clientId", "clientSecret"],
} as const;
