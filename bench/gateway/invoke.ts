import type { Row } from "../figures.ts";
import { apiKey, type Program } from "../place.ts";
import { apiKeyProof, callersOf, connect, type Rate, withRig } from "./rig.ts";
import { ratesInTurns, ratioOf, text } from "./turns.ts";

/**
 * What a call of a typed action takes beside the plain proxy of the same request: a body of 2 KB that is held against a definition with
 * references, a parameter in the path and two in the query. One caller, and 64.
 */
export const benchInvoke = (): Promise<Row[]> =>
  withRig(async (rig) => {
    const program = await rig.program();
    const [proxy = ""] = await connect(program, rig.upstream.origin, [apiKeyProof]);
    await addAction(program, proxy);
    const address = proxy.replace(/proxy$/, "actions/createOrder/invoke?version=1");
    const input = JSON.stringify({ parameters: { shop: "main", page: 2, state: "open" }, body: order });
    const rows: Row[] = [];
    for (const callers of [1, 64]) {
      const sideOf = (path: string, body: string) =>
        callersOf(rig, { port: program.port, paths: [path], pids: [program.pid], body }, { callers });
      const sides = [await sideOf(address, input), await sideOf(`${proxy}/shops/main/orders?page=2&state=open`, JSON.stringify(order))];
      const [typed = [], plain = []] = await ratesInTurns(sides);
      rows.push(rowOf(callers, typed, plain));
    }
    return rows;
  });

function rowOf(callers: number, typed: readonly Rate[], plain: readonly Rate[]): Row {
  const { ratio, cpuRatio } = ratioOf(plain, typed);
  return {
    what: `Invoke of a typed action, 2 KB body, time beside the plain proxy, ${callers} at a time`,
    bar: { kind: "at most", limit: 1.3, unit: "" },
    value: ratio,
    behind: `invoke ${text(typed)}; proxy ${text(plain)}; by processor time ${cpuRatio.toFixed(2)}`,
  };
}

const order = {
  customer: { name: "Ada Lovelace", email: "ada@example.com", address: { street: "12 St James's Square", city: "London", zip: "12345" } },
  lines: Array.from({ length: 22 }, (_, at) => ({
    sku: `SKU-${1000 + at}`,
    title: `Article number ${at} of a shop`,
    count: at + 1,
    price: 9.5,
  })),
};

const json = (name: string, schema: object) => ({
  name,
  accept: ["application/json"],
  schema: { contentType: "application/schema+json", content: JSON.stringify(schema) },
});

const text200 = { type: "string", minLength: 1, maxLength: 200 };
const definitions = [
  json("Address", {
    type: "object",
    required: ["city"],
    properties: { street: text200, city: text200, zip: { type: "string", pattern: "^\\d{5}$" } },
  }),
  json("Line", {
    type: "object",
    required: ["sku", "count"],
    properties: { sku: text200, title: text200, count: { type: "integer", minimum: 1 }, price: { type: "number", minimum: 0 } },
    additionalProperties: false,
  }),
  json("Order", {
    type: "object",
    required: ["customer", "lines"],
    properties: {
      customer: {
        type: "object",
        required: ["name"],
        properties: { name: text200, email: { type: "string", format: "email" }, address: { $ref: "#/$defs/Address" } },
      },
      lines: { type: "array", maxItems: 100, items: { $ref: "#/$defs/Line" } },
    },
  }),
];

const action = {
  type: "http",
  name: "createOrder",
  method: "POST",
  path: "/shops/{{ param.shop }}/orders",
  parameters: [
    { name: "shop", in: "path", required: true, type: "string" },
    { name: "page", in: "query", required: false, type: "integer" },
    { name: "state", in: "query", required: false, type: "string" },
  ],
  requestBody: { required: true, definitions: [{ definition: { name: "Order" } }] },
  responses: [],
};

/** Through the API, into the draft that the connection has. */
async function addAction({ port }: Program, proxy: string): Promise<void> {
  const version = `http://127.0.0.1:${port}${proxy.replace(/environments\/.*$/, "versions/1")}`;
  for (const [what, body] of Object.entries({ definitions: { definitions }, actions: action })) {
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
    const response = await fetch(`${version}/${what}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`The ${what} were refused: ${await response.text()}`);
  }
}
