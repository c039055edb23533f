import { createApi } from "./api.ts";
import { startMooring } from "./mooring.ts";
import { apiKey, login, startWarehouse } from "./warehouse.ts";

/**
 * The first use of Mooring, start to finish: an outside API that wants two credentials is called by somebody who has neither. Ends by
 * itself and leaves nothing behind. Throws when anything is not as it says.
 */
async function demo(): Promise<void> {
  const warehouse = await startWarehouse();
  const mooring = await startMooring({ mayReach: warehouse.address });
  try {
    await tell(warehouse.url, mooring);
  } finally {
    await mooring.stop();
    await warehouse.stop();
  }
}

async function tell(warehouse: URL, mooring: Awaited<ReturnType<typeof startMooring>>): Promise<void> {
  const { url, organisation } = mooring;
  const api = createApi(mooring);

  step("Outside API", `${warehouse.origin}, which wants the header X-Api-Key and a login, and answers with what it saw`);
  const refused = await fetch(new URL("/v1/orders", warehouse));
  step("Without them", `GET ${refused.url} -> ${refused.status}`);
  expect(refused.status === 401, "The outside API should refuse a call without credentials.");
  step("Mooring", `${url.origin}, with its data in ${mooring.folder} until the demo ends`);

  const created = await api.send("POST", `/o/${organisation}/protocols/http/connections`, {
    name: "Warehouse",
    baseUrl: new URL("/v1", warehouse).href,
    authSchemeConfigs: [],
    environments: [
      {
        name: "dev",
        variables: [],
        credentials: {
          // Any number of credentials, applied in this order.
          action: [
            {
              authSchemeConfig: { schemeType: "api-key", in: "header", name: "X-Api-Key" },
              credential: { name: "Warehouse key", type: "string", data: { value: apiKey } },
            },
            {
              authSchemeConfig: { schemeType: "basic-auth" },
              credential: { name: "Warehouse login", type: "basic-auth", data: login },
            },
          ],
        },
      },
    ],
  });
  const { id } = created.body as { id: string };
  step("Create", created.line, `connection Warehouse, environment dev: an API key ********, then the login ${login.username}:********`);
  expect(created.status === 201, "The connection should have been created.");

  const read = await api.send("GET", `/o/${organisation}/connections/${id}`);
  const [key, basic] = (read.body as ReadConnection).environments[0]?.credentials.action.map(({ credential }) => credential.data) ?? [];
  step("Read back", read.line, `the key reads ${key?.value}, the password ${basic?.password}`);
  expect(key?.value === "********" && basic?.password === "********", "Both secrets should read as the mask.");
  expect(!read.text.includes(apiKey) && !read.text.includes(login.password), "No secret should be in an answer.");

  const called = await api.send("GET", `/o/${organisation}/connections/${id}/environments/dev/proxy/orders?open=true`);
  step("Call", called.line, "sent with a key of Mooring, and nothing else");
  expect(called.status === 200, "The call should have reached the outside API.");

  const seen = called.body as { request: string; apiKey: string; login: string };
  step("What it saw", seen.request, `X-Api-Key: ${seen.apiKey}`, `login: ${seen.login}`);
  expect(seen.request === "GET /v1/orders?open=true", "The path should follow the base URL, the query go along.");
  expect(seen.apiKey === apiKey && seen.login === `${login.username}:${login.password}`, "Both credentials should have arrived.");
}

interface ReadConnection {
  environments: { credentials: { action: { credential: { data: { value?: string; password?: string } } }[] } }[];
}

function step(name: string, ...lines: string[]): void {
  for (const [index, line] of lines.entries()) console.log(`${(index === 0 ? name : "").padEnd(14)}${line}`);
}

function expect(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Error(otherwise);
}

if (import.meta.main) {
  await demo().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
