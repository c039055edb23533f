import type { Row } from "../figures.ts";
import { apiKey, type Program } from "../place.ts";
import { apiKeyProof, callersOf, connect, type Rate, withRig } from "./rig.ts";
import { ratesInTurns, ratioOf, text } from "./turns.ts";

/**
 * What a call of a typed action takes beside the plain proxy of the same request: a body of 2 KB that is held against a definition with
 * references, a parameter in the path and two in the query. One caller, and 64. The same once more with a pattern in the definition,
 * which only a worker runs.
 */
export const benchInvoke = (): Promise<Row[]> =>
  withRig(async (rig) => {
    const program = await rig.program();
    const [proxy = ""] = await connect(program, rig.upstream.origin, [apiKeyProof]);
    const plain = `${proxy}/shops/main/orders?page=2&state=open`;
    const input = JSON.stringify({ parameters: { shop: "main", page: 2, state: "open" }, body: order });
    const rows: Row[] = [];
    await addDefinitions(program, proxy);
    for (const [name, what] of Object.entries({ Order: "a typed action", PatternedOrder: "the same with a pattern" })) {
      await addAction(program, proxy, name);
      const address = proxy.replace(/proxy$/, `actions/create${name}/invoke?version=1`);
      for (const callers of [1, 64]) {
        const sideOf = (path: string, body: string) =>
          callersOf(rig, { port: program.port, paths: [path], pids: [program.pid], body }, { callers });
        const [typed = [], beside = []] = await ratesInTurns([await sideOf(address, input), await sideOf(plain, JSON.stringify(order))]);
        rows.push(rowOf(`Invoke of ${what}, 2 KB body, time beside the plain proxy, ${callers} at a time`, typed, beside));
      }
    }
    return rows;
  });

function rowOf(what: string, typed: readonly Rate[], plain: readonly Rate[]): Row {
  const { ratio, cpuRatio } = ratioOf(plain, typed);
  const behind = `invoke ${text(typed)}; proxy ${text(plain)}; by processor time ${cpuRatio.toFixed(2)}`;
  return { what, bar: { kind: "at most", limit: 1.3, unit: "" }, value: ratio, behind };
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

const pattern = { pattern: "^\\d{5}$" };
const text200 = { type: "string", minLength: 1, maxLength: 200 };
const named = (name: string) => ({ $ref: `#/$defs/${name}` });

const addressWith = (zip: object) => ({
  type: "object",
  required: ["city"],
  properties: { street: text200, city: text200, zip: { type: "string", ...zip } },
});

const orderWith = (address: string) => ({
  type: "object",
  required: ["customer", "lines"],
  properties: {
    customer: {
      type: "object",
      required: ["name"],
      properties: { name: text200, email: { type: "string", format: "email" }, address: named(address) },
    },
    lines: { type: "array", maxItems: 100, items: named("Line") },
  },
});

const definitions = [
  json("Address", addressWith({})),
  json("PatternedAddress", addressWith(pattern)),
  json("Line", {
    type: "object",
    required: ["sku", "count"],
    properties: { sku: text200, title: text200, count: { type: "integer", minimum: 1 }, price: { type: "number", minimum: 0 } },
    additionalProperties: false,
  }),
  json("Order", orderWith("Address")),
  json("PatternedOrder", orderWith("PatternedAddress")),
];

const actionOf = (definition: string) => ({
  type: "http",
  name: `create${definition}`,
  method: "POST",
  path: "/shops/{{ param.shop }}/orders",
  parameters: [
    { name: "shop", in: "path", required: true, type: "string" },
    { name: "page", in: "query", required: false, type: "integer" },
    { name: "state", in: "query", required: false, type: "string" },
  ],
  requestBody: { required: true, definitions: [{ definition: { name: definition } }] },
  responses: [],
});

const addDefinitions = (program: Program, proxy: string) => add(program, proxy, { what: "definitions", body: { definitions } });
const addAction = (program: Program, proxy: string, definition: string) =>
  add(program, proxy, { what: "actions", body: actionOf(definition) });

/** Through the API, into the draft that the connection has. */
async function add({ port }: Program, proxy: string, { what, body }: { what: string; body: object }): Promise<void> {
  const version = `http://127.0.0.1:${port}${proxy.replace(/environments\/.*$/, "versions/1")}`;
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const response = await fetch(`${version}/${what}`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`The ${what} were refused: ${await response.text()}`);
}
