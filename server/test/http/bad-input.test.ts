import type { OperationId } from "@mooring/contract";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { faultsOfUnrouted } from "../harness/answers.ts";
import type { Sent } from "../harness/client.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import {
  createConnection,
  createCredential,
  credentialOf,
  type HTTPConnection,
  newConnection,
  smallConnection,
} from "../harness/samples.ts";
import { fieldsOf } from "../harness/scenarios.ts";
import { differenceOf, storedOf } from "../harness/stored.ts";
import { onEachEngine } from "../harness/world.ts";

const MiB = 1024 * 1024;
const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const small = JSON.stringify(smallConnection());

interface Refusal {
  readonly name: string;
  readonly sent: Sent;
  readonly status: number;
  readonly code: string;
  readonly fields?: readonly string[];
}

const within = (member: string) => `{${member},${small.slice(1)}`;

const refusals: readonly Refusal[] = [
  { name: "no body at all", sent: {}, status: 400, code: "invalid_request" },
  { name: "an empty body", sent: { text: "" }, status: 400, code: "invalid_request" },
  { name: "a body of null", sent: { text: "null" }, status: 400, code: "invalid_request" },
  { name: "a body that is a list", sent: { text: "[]" }, status: 400, code: "invalid_request" },
  { name: "a body that is a text", sent: { text: '"x"' }, status: 400, code: "invalid_request" },
  { name: "JSON that ends too early", sent: { text: small.slice(0, -1) }, status: 400, code: "malformed_body" },
  { name: "JSON that goes on too long", sent: { text: `${small}}` }, status: 400, code: "malformed_body" },
  { name: "JSON with a comment", sent: { text: `/**/${small}` }, status: 400, code: "malformed_body" },
  { name: "NaN", sent: { text: '{"name":NaN}' }, status: 400, code: "malformed_body" },
  { name: "bytes that are no UTF-8", sent: { text: Buffer.from('{"name":"\xff\xfe"}', "latin1") }, status: 400, code: "malformed_body" },
  { name: "1 MiB and one byte", sent: { text: JSON.stringify({ name: "x" }).padEnd(MiB + 1) }, status: 413, code: "too_large" },
  { name: "2 MiB of a name", sent: { body: smallConnection({ name: "x".repeat(2 * MiB) }) }, status: 413, code: "too_large" },
  { name: "33 levels", sent: { text: within(`"a":${nested(33)}`) }, status: 400, code: "invalid_request" },
  { name: "100,000 levels", sent: { text: nested(100_000) }, status: 400, code: "invalid_request" },
  ...[
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/json+x",
    "text/json",
    "application/xml",
  ].map((contentType) => ({
    name: `content type ${contentType}`,
    sent: { text: small, contentType },
    status: 415,
    code: "unsupported_media_type",
  })),
  ...["__proto__", "constructor", "prototype"].map((name) => ({
    name: `a member ${name}`,
    sent: { text: within(`"${name}":{"polluted":true}`) },
    status: 400,
    code: "invalid_request",
    fields: [name],
  })),
  {
    name: "__proto__ deep inside",
    sent: { text: small.replace('"credentials":{}', '"credentials":{"__proto__":{"polluted":true}}') },
    status: 400,
    code: "invalid_request",
    fields: ["environments[0].credentials.__proto__"],
  },
  { name: "a NUL in a name", sent: { body: smallConnection({ name: "a\0b" }) }, status: 400, code: "invalid_request", fields: ["name"] },
  {
    name: "half a character in a name",
    sent: { text: small.replace('"Small"', '"\\ud800"') },
    status: 400,
    code: "invalid_request",
    fields: ["name"],
  },
  {
    name: "every type wrong",
    sent: { body: { name: 7, baseUrl: [], authSchemeConfigs: {}, environments: "dev", environmentVariables: null } },
    status: 400,
    code: "invalid_request",
    fields: ["authSchemeConfigs", "baseUrl", "environmentVariables", "environments", "name"],
  },
  {
    name: "300,000 empty configs, which are not looked at one by one",
    sent: { text: `{"authSchemeConfigs":[${"{},".repeat(300_000)}{}]}` },
    status: 400,
    code: "invalid_request",
    fields: ["authSchemeConfigs", "baseUrl", "environments", "name"],
  },
  {
    name: "a long name above many faults, which is cut short in each",
    sent: { text: `{"${"n".repeat(500_000)}":["\\u0000","\\u0000"]}` },
    status: 400,
    code: "invalid_request",
    fields: [`${"n".repeat(100)}…[0]`, `${"n".repeat(100)}…[1]`],
  },
  {
    name: "default variables that would fill every environment",
    sent: {
      body: smallConnection({
        environmentVariables: Array.from({ length: 40 }, (_, index) => ({ name: `v${index}`, value: "x".repeat(8000) })),
        environments: Array.from({ length: 4 }, (_, index) => ({ name: `e${index}`, credentials: {}, variables: [] })),
      }),
    },
    status: 400,
    code: "invalid_request",
    fields: ["environmentVariables"],
  },
  {
    name: "too many environments",
    sent: {
      body: smallConnection({
        environments: Array.from({ length: 201 }, (_, index) => ({ name: `e${index}`, credentials: {}, variables: [] })),
      }),
    },
    status: 400,
    code: "invalid_request",
    fields: ["environments"],
  },
  {
    name: "too long a name, and variables of no name",
    sent: {
      body: smallConnection({
        name: "x".repeat(201),
        environmentVariables: [
          { name: "", value: "" },
          { name: "a b", value: "x".repeat(8193) },
        ],
      }),
    },
    status: 400,
    code: "invalid_request",
    fields: ["environmentVariables[0].name", "environmentVariables[1].name", "environmentVariables[1].value", "name"],
  },
  {
    name: "an unknown scheme and an unknown credential type",
    sent: {
      body: smallConnection({
        authSchemeConfigs: [{ schemeType: "magic" }] as never,
        environments: [
          {
            name: "dev",
            credentials: { action: [{ authSchemeConfig: {}, credential: { name: "x", type: "magic", data: {} } }] },
            variables: [],
          },
        ] as never,
      }),
    },
    status: 400,
    code: "invalid_request",
    fields: [
      "authSchemeConfigs[0].schemeType",
      "environments[0].credentials.action[0].authSchemeConfig.schemeType",
      "environments[0].credentials.action[0].credential.type",
    ],
  },
  {
    name: "ids of the wrong form inside",
    sent: {
      body: smallConnection({
        environments: [
          {
            name: "dev",
            credentials: { action: [{ authSchemeConfig: { schemeType: "none" }, credential: { id: "01arz3ndektsv4rrffq69g5fav" } }] },
            variables: [],
          },
        ],
      }),
    },
    status: 400,
    code: "invalid_request",
    fields: ["environments[0].credentials.action[0].credential.id"],
  },
  ...[
    "",
    "example.com",
    "ftp://example.com",
    "//example.com",
    "https://",
    "https://user:pass@example.com",
    "https://user@example.com",
    "https://example.com/?a=b",
    "https://example.com/#a",
    "https://example.com/a b",
    "https://example.com/../x",
    "https://{{ env.a",
    "https://{{ secret.a }}.example.com",
    "https://{{ credential.value }}/",
    "javascript:alert(1)",
    "https://exa mple.com",
    "https://[::1",
    "https://example.com:99999",
    "\nhttps://example.com",
  ].map((baseUrl) => ({
    name: `the base URL ${JSON.stringify(baseUrl)}`,
    sent: { body: smallConnection({ baseUrl }) },
    status: 400,
    code: "invalid_request",
    fields: ["baseUrl"],
  })),
];

onEachEngine("bad input", (world) => {
  describe("is refused, and changes nothing", () => {
    test.each(refusals)("$name: $status $code", async ({ sent, status, code, fields }) => {
      const key = await world.as("key");
      const before = await storedOf(world.mooring.db, key.org);
      const answer = await world.send(key, "CreateHTTPConnection", sent);
      expect(answer.status, answer.text.slice(0, 500)).toBe(status);
      expect(answer.error.code).toBe(code);
      if (fields) expect(fieldsOf(answer), answer.text).toEqual(fields);
      expect(differenceOf(before, await storedOf(world.mooring.db, key.org))).toEqual([]);
    });

    test("a body without any content type is 415", async () => {
      const { headers } = await world.as("key");
      const path = `/o/${world.mooring.bootstrap.organisation}/protocols/http/connections`;
      const { status } = await world.raw(path, { method: "POST", headers, body: Buffer.from(small) });
      expect(status).toBe(415);
    });

    test.each([{}, { text: "null" }, { text: "[]" }])("a body that is no object is told what to send: %j", async (sent) => {
      const { error } = await world.send(await world.as("key"), "CreateHTTPConnection", sent);
      expect(error.fields).toEqual([{ field: "", message: "Send a JSON object as the body: {} where there is nothing to say." }]);
    });

    test("of more than 200 faults, 200 are told", async () => {
      const environmentVariables = Array.from({ length: 450 }, () => ({ name: "1", value: 1 }));
      const answer = await world.send(await world.as("key"), "CreateHTTPConnection", {
        body: { ...smallConnection(), environmentVariables },
      });
      expect(answer.error.fields).toHaveLength(200);
    });
  });

  describe("ids of the wrong kind", () => {
    test("in a path lead nowhere", async () => {
      const key = await world.as("key");
      const connection = await createConnection(world);
      const [environment] = connection.environments;
      const [credential, version] = [environment?.credentials.action[0]?.credential.id ?? "", connection.versions[0]?.id ?? ""];
      const status = async (id: OperationId, params: Record<string, string>) => (await world.send(key, id, { params })).status;
      expect(await status("GetConnection", { connection_id: environment?.id ?? "" })).toBe(404);
      expect(await status("GetConnection", { connection_id: key.org })).toBe(404);
      expect(await status("GetEnvironment", { connection_id: connection.id, environment_id: connection.id })).toBe(404);
      expect(await status("GetCredential", { credential_id: environment?.credentials.action[0]?.id ?? "" })).toBe(404);
      expect(await status("GetConnectionVersion", { connection_id: connection.id, version })).toBe(404);
      expect(await status("GetApiKey", { api_key_id: credential })).toBe(404);
      expect(await status("GetMember", { user_id: connection.id })).toBe(404);
    });

    test("in a body are faults of their field, and tell nothing of whose they are", async () => {
      const key = await world.as("key");
      const connection = await createConnection(world);
      const foreign = await createConnection(world, newConnection(), await world.as("stranger"));
      const [environment] = connection.environments;
      const entry = environment?.credentials.action[0];
      const wrong = [
        connection.id,
        environment?.id,
        entry?.id,
        key.org,
        foreign.environments[0]?.credentials.action[0]?.credential.id,
        world.newId(),
      ];
      const action = wrong.map((id) => ({ authSchemeConfig: { schemeType: "none" }, credential: { id } }));
      const created = await world.send(key, "CreateHTTPConnection", {
        body: { ...smallConnection(), environments: [{ name: "dev", credentials: { action }, variables: [] }] },
      });
      expect(fieldsOf(created)).toEqual(wrong.map((_, index) => `environments[0].credentials.action[${index}].credential.id`));
      expect(new Set(created.error.fields?.map(({ message }) => message)).size).toBe(1);

      const environments = [entry?.credential.id, connection.id, foreign.environments[0]?.id].map((id) => ({ id, name: `n ${id}` }));
      const updated = await world.send(key, "UpdateConnection", {
        params: { connection_id: connection.id },
        body: { ...connection, environments },
      });
      expect(fieldsOf(updated)).toEqual(["environments[0].id", "environments[1].id", "environments[2].id"]);

      const limits = { connections: [environment?.id, foreign.id], environments: [connection.id, foreign.environments[0]?.id] };
      const limited = await world.send(key, "CreateApiKey", { body: { name: "x", scopes: ["gateway:call"], ...limits } });
      expect(fieldsOf(limited)).toEqual(["connections[0]", "connections[1]", "environments[0]", "environments[1]"]);
    });
  });

  describe("what is just within the limits is taken", () => {
    test.each([
      ["a body of 1 MiB", { text: small.padEnd(MiB) }],
      ["a content type with a charset", { text: small, contentType: "application/json; charset=utf-8" }],
      ["a content type in capitals", { text: small, contentType: "Application/JSON" }],
      ["a name of 200 characters beyond ASCII", { body: smallConnection({ name: "漢".repeat(200) }) }],
      [
        "200 environments",
        {
          body: smallConnection({
            environments: Array.from({ length: 200 }, (_, index) => ({ name: `e${index}`, credentials: {}, variables: [] })),
          }),
        },
      ],
      [
        "a name that is a prototype's member",
        { body: smallConnection({ name: "__proto__", environmentVariables: [{ name: "constructor", value: "__proto__" }] }) },
      ],
    ] satisfies [string, Sent][])("%s", async (_name, sent) => {
      const { status, text } = await world.send(await world.as("key"), "CreateHTTPConnection", sent);
      expect(status, text.slice(0, 500)).toBe(201);
    });

    test("a secret of 64 KiB, and not one character more", async () => {
      const key = await world.as("key");
      const of = (value: string) => world.send(key, "CreateCredential", { body: { name: "long", type: "string", data: { value } } });
      expect((await of("x".repeat(65_536))).status).toBe(201);
      expect(fieldsOf(await of("x".repeat(65_537)))).toEqual(["data.value"]);
    });
  });

  describe("addresses that are not there", () => {
    test.each([
      ["GET", "/nowhere", 404],
      ["GET", "/o", 404],
      ["GET", "/o/%/connections", 404],
      ["GET", "/o/%ff/connections", 404],
      ["GET", "//connections", 404],
      ["PATCH", "/openapi.json", 404],
      ["GET", `/o/${"A".repeat(5000)}/connections`, 404],
    ])("%s %.20s is %d, in the contract's form", async (method, path, status) => {
      const answer = await world.raw(path.startsWith("//") ? `http://${world.mooring.origin.host}${path}` : path, {
        method,
        headers: (await world.as("key")).headers,
      });
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.text).code).toBe("not_found");
      expect(faultsOfUnrouted(answer)).toEqual([]);
    });
  });

  describe("fuzzed bodies", () => {
    let connection: HTTPConnection;
    const valid: { operation: OperationId; sent: () => Sent }[] = [];
    beforeAll(async () => {
      const key = await world.as("key");
      connection = await createConnection(world);
      const credential = await createCredential(world, "oauth2-token");
      const params = { connection_id: connection.id };
      const { body: version } = await world.must(key, "GetConnectionVersion", { params: { ...params, version: "1" } });
      const [environment] = connection.environments;
      valid.push(
        { operation: "CreateHTTPConnection", sent: () => ({ body: newConnection() }) },
        { operation: "UpdateConnection", sent: () => ({ params, body: connection }) },
        {
          operation: "UpdateEnvironment",
          sent: () => ({ params: { ...params, environment_id: environment?.id ?? "" }, body: environment }),
        },
        { operation: "CreateCredential", sent: () => ({ body: credentialOf["oauth2-token"]() }) },
        { operation: "UpdateCredential", sent: () => ({ params: { credential_id: credential.id }, body: credential }) },
        { operation: "CreateConnectionVersion", sent: () => ({ params, body: { name: world.newId(), fromVersion: "1" } }) },
        { operation: "UpdateConnectionVersion", sent: () => ({ params: { ...params, version: "1" }, body: version }) },
        { operation: "CreateApiKey", sent: () => ({ body: { name: "x", scopes: ["gateway:call"], connections: [connection.id] } }) },
      );
    });

    test("never end in a fault of the server, and never reach a prototype (J-6)", { timeout: propertyTimeoutMs }, async () => {
      const key = await world.as("key");
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.array(mutation, { minLength: 1, maxLength: 3 }), async (index, mutations) => {
          const { operation, sent } = valid[index % valid.length] as (typeof valid)[number];
          const request = sent();
          const body = mutations.reduce<unknown>(mutated, structuredClone(request.body));
          // `send` throws on a 5xx that is not announced, and on any answer that breaks the contract.
          const answer = await world.send(key, operation, { ...request, body });
          expect(answer.status).toBeLessThan(500);
          if (operation === "CreateApiKey" && answer.status === 201) world.shownOnce.push((answer.body as unknown as { key: string }).key);
        }),
        { numRuns: trials({ change: 1000, long: 100_000 }) },
      );
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      expect(Object.keys(Object.prototype)).toEqual([]);
    });
  });
});

/** One change somewhere in a body: `place` picks where, `name` and `value` what comes there. */
interface Mutation {
  readonly kind: "replace" | "add" | "remove" | "repeat";
  readonly place: number;
  readonly name: string;
  readonly value: unknown;
}

const hostileNames = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "id",
  "name",
  "type",
  "value",
  "environments",
  "",
  "a.b",
  "0",
  "length",
];
/** As text, because a mutation may change what an earlier one put in. */
const hostileValues = [
  null,
  true,
  0,
  -1,
  1e308,
  9_007_199_254_740_992,
  "",
  " ",
  "\0",
  "\ud800",
  "********",
  "{{ env.a }}",
  "https://example.com",
  "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  "__proto__",
  "x".repeat(300),
  [],
  {},
  [[]],
  { polluted: true },
  { id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" },
]
  .map((value) => JSON.stringify(value))
  .concat('{"__proto__":{"polluted":true}}');

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom("replace", "replace", "replace", "add", "remove", "repeat"),
  place: fc.nat(10_000),
  name: fc.constantFrom(...hostileNames),
  value: fc.oneof(
    fc.constantFrom(...hostileValues).map((text): unknown => JSON.parse(text)),
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: "binary" }),
  ),
});

function mutated(body: unknown, { kind, place, name, value }: Mutation): unknown {
  const places = placesIn(body);
  const chosen = places[place % (places.length + 1)];
  if (!chosen) return value;
  const [holder, key] = chosen;
  if (Array.isArray(holder)) {
    if (kind === "remove") holder.splice(Number(key), 1);
    else if (kind === "repeat") holder.push(holder[Number(key)]);
    else holder[Number(key)] = value;
  } else if (kind === "remove") delete holder[key];
  else Object.defineProperty(holder, kind === "add" ? name : key, { value, enumerable: true, configurable: true, writable: true });
  return body;
}

/** Every member of every object and list inside `value`, itself excluded. */
function placesIn(value: unknown): [Record<string, unknown> | unknown[], string][] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown> | unknown[];
  return Object.entries(holder).flatMap(([key, member]) => [[holder, key] as [typeof holder, string], ...placesIn(member)]);
}
