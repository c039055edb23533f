import Stripe from "stripe";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "./gateway.ts";
import { type Answer, answerJson, bodyOf, type Outside, startOutside, valuesOf } from "./outside.ts";

const secretKey = "rk_theStoredKeyOfTheOrganisation";
const customers = Array.from({ length: 5 }, (_, at) => ({ id: `cus_${at + 1}`, object: "customer", name: `Customer ${at + 1}` }));
/** What was answered to each idempotency key, as Stripe keeps it. */
const kept = new Map<string, object>();

/** What of Stripe's API is called here, as its reference describes it. */
const api: Readonly<Record<string, Answer>> = {
  "GET /v1": (_, response, { pathname, searchParams }) => {
    response.setHeader("request-id", "req_1");
    if (pathname !== "/v1/customers") return answerJson(response, notFound, 404);
    const after = customers.findIndex(({ id }) => id === searchParams.get("starting_after")) + 1;
    const data = customers.slice(after, after + 2);
    return answerJson(response, { object: "list", url: pathname, has_more: after + 2 < customers.length, data });
  },
  "POST /v1": async (request, response, { pathname }) => {
    const body = await bodyOf(request);
    if (pathname === "/v1/files") return answerJson(response, { id: "file_1", object: "file", size: body.length });
    const key = String(request.headers["idempotency-key"]);
    const made = kept.get(key) ?? { id: `cus_new_${kept.size + 1}`, object: "customer", form: body.toString() };
    kept.set(key, made);
    return answerJson(response.setHeader("idempotency-key", key), made);
  },
  "DELETE /v1": (_, response, { pathname }) => answerJson(response, { id: pathname.split("/").at(-1), object: "customer", deleted: true }),
};
const notFound = { error: { type: "invalid_request_error", code: "resource_missing", message: "No such thing" } };

describe("the official SDK of Stripe through the gateway", () => {
  let outside: Outside;
  let gateway: Gateway;
  let stripe: Stripe;

  beforeAll(async () => {
    outside = await startOutside(api);
    // Stripe takes the key as the user name of basic auth as well.
    gateway = await startGateway(outside, {
      authSchemeConfig: { schemeType: "basic-auth" },
      credential: { name: "key", type: "basic-auth", data: { username: secretKey, password: "" } },
    });
    const { hostname, port, pathname } = new URL(gateway.proxyUrl);
    stripe = new Stripe(gateway.apiKey, {
      host: hostname,
      port,
      protocol: "http",
      maxNetworkRetries: 0,
      telemetry: false,
      httpClient: below(pathname),
    });
  });
  afterAll(async () => {
    await gateway?.stop();
    await outside?.stop();
  });
  afterEach(() => {
    for (const request of outside.seen.splice(0)) {
      expect(valuesOf(request, "authorization")).toEqual([`Basic ${Buffer.from(`${secretKey}:`).toString("base64")}`]);
      expect(JSON.stringify(request)).not.toContain(gateway.apiKey);
    }
  });

  it("lists a page", async () => {
    const { data, has_more: hasMore, lastResponse } = await stripe.customers.list({ limit: 2 });
    expect([data.map(({ id }) => id), hasMore, lastResponse.requestId]).toEqual([["cus_1", "cus_2"], true, "req_1"]);
  });

  it("pages through to the last", async () => {
    const ids: string[] = [];
    for await (const { id } of stripe.customers.list({ limit: 2 })) ids.push(id);
    expect(ids).toEqual(["cus_1", "cus_2", "cus_3", "cus_4", "cus_5"]);
    expect(outside.seen).toHaveLength(3);
  });

  it("creates with a form of nested fields, and its version and idempotency key arrive", async () => {
    const customer = await stripe.customers.create({ name: "Ü & Söhne", metadata: { ship: "a=b" } }, { idempotencyKey: "once" });
    const { form } = customer as unknown as { form: string };
    expect(Object.fromEntries(new URLSearchParams(form))).toEqual({ name: "Ü & Söhne", "metadata[ship]": "a=b" });
    const [request] = outside.seen;
    expect(request && valuesOf(request, "idempotency-key")).toEqual(["once"]);
    expect(request && valuesOf(request, "stripe-version")).toEqual([expect.stringMatching(/^\d{4}-/)]);
  });

  it("is answered the same for the same idempotency key", async () => {
    const ask = () => stripe.customers.create({ name: "again" }, { idempotencyKey: "twice" });
    expect((await ask()).id).toBe((await ask()).id);
  });

  it("deletes", async () => {
    expect(await stripe.customers.del("cus_5")).toMatchObject({ id: "cus_5", deleted: true });
  });

  it("uploads a file in a multipart form", async () => {
    const data = Buffer.alloc(200_000, "x");
    const file = { data, name: "evidence.pdf", type: "application/pdf" };
    const uploaded = await stripe.files.create({ purpose: "dispute_evidence", file });
    expect(uploaded.size).toBeGreaterThan(data.length);
  });

  it("makes its own error of Stripe's", async () => {
    const asked = stripe.products.retrieve("none");
    await expect(asked).rejects.toMatchObject({ type: "StripeInvalidRequestError", code: "resource_missing", statusCode: 404 });
  });
});

/** The SDK's own client for Node, with `prefix` in front of every path: the SDK can be told another host, but not a path. */
function below(prefix: string): Stripe.HttpClient {
  const client = Stripe.createNodeHttpClient();
  const { makeRequest } = client;
  client.makeRequest = (host, port, path, ...rest) => makeRequest.call(client, host, port, prefix + path, ...rest);
  return client;
}
