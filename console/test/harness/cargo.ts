import { setTimeout as pause } from "node:timers/promises";
import { importForm } from "../../../server/test/harness/forms.ts";
import { orderDesk } from "./order-desk.ts";
import { type Outside, startOutside } from "./outside.ts";
import type { Stage } from "./stage.ts";

/** Ids of what `load` made, by the names that addresses use: `/connections/$orders`. */
export interface Cargo {
  readonly orders: string;
  readonly weather: string;
  readonly accounting: string;
  readonly warehouse: string;
  readonly key: string;
  readonly grant: string;
  readonly subscription: string;
  readonly event: string;
  readonly call: string;
  readonly outside: Outside;
}

/** Fills an organisation with a little of everything: what the console is looked at with. Whoever calls closes `outside`. */
export async function load({ client, key: actor, org, mooring }: Stage): Promise<Cargo> {
  const outside = await startOutside();
  const must = client.must;
  const orders = await importOrders();
  const key = await fillEnvironments();
  await publishAndChange();
  const weather = await simple("Weather", `${outside.url}/weather`, ["dev", "prod"]);
  await simple("Harbour master", `${outside.url}/harbour`, ["prod"]);
  const { connection: accounting, grant } = await withGrantThatEnded();
  const warehouse = await withQueries();
  const subscription = await subscribe();
  await callAround();
  const event = await receive();
  const call = await recorded();
  await must(actor, "CreateInvitation", { body: { email: "ivo@example.com", role: "viewer" } });
  await must(actor, "CreateApiKey", { body: { name: "Web shop", scopes: ["gateway:call"] } });
  return { orders, weather, accounting, warehouse, key, grant, subscription, event, call, outside };

  async function importOrders(): Promise<string> {
    const { body } = await must(actor, "ImportHTTPConnection", importForm(orderDesk(outside.url)));
    return body.connection.id;
  }

  async function fillEnvironments(): Promise<string> {
    const params = { connection_id: orders };
    const { body: connection } = await must(actor, "GetConnection", { params });
    const scheme = { schemeType: "api-key", in: "header", name: "X-Api-Key" } as const;
    const { body: credential } = await must(actor, "CreateCredential", {
      body: { type: "string", name: "Order desk key", data: { value: "an-order-key-of-tests" } },
    });
    const uses = {
      action: [{ authSchemeConfig: scheme, credential: { id: credential.id } }],
      trigger: [{ authSchemeConfig: scheme, credential: { id: credential.id } }],
    };
    const environments = [
      ...connection.environments.map(({ id, name }) => ({ id, name, credentials: uses, variables: [{ name: "region", value: "eu" }] })),
      { name: "prod", credentials: uses, variables: [{ name: "region", value: "eu" }] },
    ];
    await must(actor, "UpdateConnection", { params, body: { ...connection, environments } });
    return credential.id;
  }

  async function publishAndChange(): Promise<void> {
    const params = { connection_id: orders };
    await must(actor, "PublishConnection", { params: { ...params, version: "1" } });
    await must(actor, "CreateConnectionVersion", { params, body: { name: "2", fromVersion: "1" } });
    const draft = { ...params, version: "2" };
    await must(actor, "DeleteAction", { params: { ...draft, action_name: "getStock" } });
    const { body: action } = await must(actor, "GetAction", { params: { ...draft, action_name: "listOrders" } });
    if (action.type !== "http") throw new Error("The action is no HTTP action.");
    const parameters = [...action.parameters, { name: "customer", in: "query", required: true, type: "string" } as const];
    await must(actor, "UpdateAction", { params: { ...draft, action_name: "listOrders" }, body: { ...action, parameters } });
  }

  async function simple(name: string, baseUrl: string, environments: readonly string[]): Promise<string> {
    const { body } = await must(actor, "CreateHTTPConnection", {
      body: {
        name,
        baseUrl,
        authSchemeConfigs: [],
        environments: environments.map((one) => ({ name: one, variables: [], credentials: {} })),
      },
    });
    return body.id;
  }

  /** Its refresh token is refused, so that a person has to sign in again. */
  async function withGrantThatEnded(): Promise<{ connection: string; grant: string }> {
    const endpoints = { authorizeUrl: `${outside.url}/authorize`, tokenUrl: `${outside.url}/token` };
    const application = { clientId: "mooring", clientSecret: "a-client-secret-of-tests", ...endpoints };
    const { body: client } = await must(actor, "CreateCredential", {
      body: { type: "oauth2-client", name: "Accounting app", data: application },
    });
    const { body: token } = await must(actor, "CreateCredential", {
      body: {
        type: "oauth2-token",
        name: "Accounting of the head office",
        data: { ...application, scopes: ["invoices"], accessToken: "an-access-token-of-tests", refreshToken: "a-refresh-token-of-tests" },
      },
    });
    const scheme = {
      schemeType: "oauth2",
      ...endpoints,
      scopes: [{ name: "invoices" }],
      flows: { authorizationCode: { applicationCredential: { id: client.id } } },
    } as const;
    const { body } = await must(actor, "CreateHTTPConnection", {
      body: {
        name: "Accounting",
        baseUrl: `${outside.url}/accounting`,
        authSchemeConfigs: [],
        environments: [
          { name: "prod", variables: [], credentials: { action: [{ authSchemeConfig: scheme as never, credential: { id: token.id } }] } },
        ],
      },
    });
    await gateway(`/connections/${body.id}/environments/prod/proxy/invoices`, { "mooring-refresh-credential": "true" });
    return { connection: body.id, grant: token.id };
  }

  async function withQueries(): Promise<string> {
    const { body } = await must(actor, "CreateBigQueryConnection", {
      body: { name: "Warehouse", datasetId: "harbour.analytics", environments: [{ name: "prod", variables: [], credentials: {} }] },
    });
    await must(actor, "CreateAction", {
      params: { connection_id: body.id, version: "1" },
      body: {
        type: "bigquery",
        name: "ordersOfDay",
        summary: "Orders of a day",
        query: "select id, total\nfrom orders\nwhere day = @day",
        parameters: [{ name: "day", type: "DATE", required: true }],
      },
    });
    return body.id;
  }

  async function subscribe(): Promise<string> {
    const { body } = await must(actor, "CreateSubscription", {
      params: { connection_id: orders },
      body: { name: "Fulfilment", trigger: "orderSent", environment: "prod", destination: { url: `${outside.url}/hook` } },
    });
    return body.id;
  }

  async function callAround(): Promise<void> {
    for (let index = 0; index < 24; index += 1) await gateway(`/connections/${orders}/environments/prod/proxy/orders/${1000 + index}`);
    for (const path of ["orders", "orders/broken", "orders?state=packed&limit=5"])
      await gateway(`/connections/${orders}/environments/prod/proxy/${path}`);
    for (let index = 0; index < 3; index += 1) await gateway(`/connections/${weather}/environments/dev/proxy/broken`);
  }

  async function receive(): Promise<string> {
    const params = { connection_id: orders };
    for (const key of ["an-order-key-of-tests", "an-order-key-of-tests", "a wrong key"]) {
      const path = `/o/${org}/connections/${orders}/environments/prod/triggers/orderSent`;
      const headers = { "content-type": "application/json", "x-api-key": key };
      await client.raw(path, { method: "POST", headers, body: JSON.stringify({ id: crypto.randomUUID(), state: "sent", total: 19 }) });
    }
    const { body } = await must(actor, "ListEvents", { params });
    return body.events[0]?.id ?? "";
  }

  /** Calls are recorded in batches, a moment after they ended. */
  async function recorded(): Promise<string> {
    for (let tries = 0; tries < 100; tries += 1) {
      const { body } = await must(actor, "ListCalls", { query: { first: 1, connection: orders } });
      if (body.items[0]) return body.items[0].id;
      await pause(50);
    }
    throw new Error("No call was recorded.");
  }

  async function gateway(path: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    const response = await fetch(new URL(`/o/${org}${path}`, mooring.url), { headers: { ...actor.headers, ...headers } });
    await response.arrayBuffer();
  }
}
