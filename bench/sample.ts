import type { Connection, EnvironmentCreate, HTTPConnectionCreate } from "@mooring/contract";

const apiKeyScheme = { schemeType: "api-key", name: "X-Api-Key", in: "header" } as const;
const basicAuthScheme = { schemeType: "basic-auth" } as const;

/** A connection with 3 environments of 2 credentials each, as a client creates it. */
export function sampleConnection(name: string): HTTPConnectionCreate {
  return {
    name,
    baseUrl: "https://{{ env.tenant }}.example.com/api",
    authSchemeConfigs: [apiKeyScheme, basicAuthScheme],
    environmentVariables: [{ name: "tenant", value: "acme" }],
    environments: ["development", "test", "production"].map(sampleEnvironment),
  };
}

function sampleEnvironment(name: string): EnvironmentCreate {
  return {
    name,
    variables: [{ name: "region", value: "eu" }],
    credentials: {
      action: [
        { authSchemeConfig: apiKeyScheme, credential: { name: "Key", type: "string", data: { value: `key of ${name}` } } },
        {
          authSchemeConfig: basicAuthScheme,
          credential: { name: "Login", type: "basic-auth", data: { username: "sam", password: `password of ${name}` } },
        },
      ],
    },
  };
}

/** The body of an update that sends back what was read, every environment with the other of two names and values. */
export function updateOf(connection: Connection, turn: 0 | 1): object {
  const environments = connection.environments.map(({ id, credentials, variables, name }) => ({
    id,
    name: turn === 0 ? name : `${name} ${turn}`,
    credentials,
    variables: variables.map((variable) => (variable.name === "region" ? { ...variable, value: turn === 0 ? "eu" : "us" } : variable)),
  }));
  return { ...connection, environments };
}
