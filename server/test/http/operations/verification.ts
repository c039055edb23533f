import { createHmac } from "node:crypto";
import { expect } from "vitest";
import { newTrigger } from "../../harness/content.ts";
import { at, createConnection, hmacScheme, smallConnection } from "../../harness/samples.ts";
import type { World } from "../../harness/world.ts";
import { five } from "./five.ts";

/** A connection with the trigger `orderPaid` in a draft, and an environment that checks signatures. */
const given = async (world: World) => {
  const credential = { name: "signing", type: "string" as const, data: { value: "s3cr3t" } };
  const environment = { name: "dev", credentials: { trigger: [{ authSchemeConfig: hmacScheme, credential }] }, variables: [] };
  const { id, environments } = await createConnection(world, smallConnection({ environments: [environment] }));
  const key = await world.as("key");
  await world.must(key, "CreateTrigger", { params: { connection_id: id, version: "1" }, body: newTrigger() });
  const params = { connection_id: id, environment_id: at(environments, 0).id, trigger_name: "orderPaid" };
  return { params, use: at(at(environments, 0).credentials.trigger, 0).id };
};
type Given = Awaited<ReturnType<typeof given>>;

const signature = createHmac("sha256", "s3cr3t").update("{}").digest("hex");

export const verificationScenarios = {
  VerifyTriggerDelivery: five<"VerifyTriggerDelivery", Given>({
    given,
    happy: ({ params }) => ({ params, body: { version: "1", headers: [{ name: "X-Signature", value: signature }], body: "{}" } }),
    after: ({ body }, { use }) =>
      expect(body).toMatchObject({ passed: true, steps: [{ credential: use, scheme: "hmac", what: "signature", passed: true }] }),
    invalid: {
      send: ({ params }) => ({ params, body: { version: "1", headers: [{ name: "" }], method: "P O", bodyBase64: "?", secret: "x" } }),
      fields: ["bodyBase64", "headers[0].name", "headers[0].value", "method", "secret"],
    },
    forbidden: "viewer",
  }),
  ListSignaturePresets: five<"ListSignaturePresets", object>({
    given: async () => ({}),
    happy: () => ({}),
    after: ({ body }) =>
      expect(body.items.map(({ name }) => name)).toEqual(["github", "shopify", "slack", "standard-webhooks", "stripe", "twilio"]),
    invalid: { send: () => ({ query: { first: 1 } }), fields: ["first"] },
    forbidden: { absent: "Every member may know how well-known systems sign." },
  }),
};
