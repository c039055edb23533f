import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Action,
  BigQueryConnection,
  Connection,
  ConnectionVersion,
  Credential,
  Environment,
  Member,
  type Operation,
  type OperationId,
  Organisation,
  operations,
  Trigger,
  validationSchemas,
} from "../src/index.ts";
import { arbitraryOf } from "./arbitrary.ts";
import { credential, environment, httpConnection, version } from "./requests.ts";
import { createAjv, fitsContract, type Schema } from "./validators.ts";

const { definitions, operations: schemas } = validationSchemas();
const ajv = createAjv().addSchema(definitions);
const bodies = Object.entries<Operation>(operations).flatMap(([id, { body }]) => (body ? [{ id: id as OperationId, body }] : []));

/** Faults of a body, without the one that Ajv adds for the branch it took. */
function faults(id: OperationId, body: unknown) {
  const validate = ajv.compile(schemas[id].body as Schema);
  validate(body);
  return (validate.errors ?? [])
    .filter((error) => error.keyword !== "if")
    .map(({ instancePath, keyword, params }) => ({ instancePath, keyword, params }));
}

describe("what a GET returned may be PUT back as it was", () => {
  const roundTrips = [
    { id: "UpdateConnection", read: Connection },
    { id: "UpdateConnection", read: BigQueryConnection },
    { id: "UpdateEnvironment", read: Environment },
    { id: "UpdateCredential", read: Credential },
    { id: "UpdateConnectionVersion", read: ConnectionVersion },
    { id: "UpdateOrganisation", read: Organisation },
    { id: "UpdateMember", read: Member },
    { id: "UpdateAction", read: Action },
    { id: "UpdateTrigger", read: Trigger },
  ] as const;

  test.each(roundTrips)("$id takes every $read.title", ({ id, read }) => {
    fc.assert(
      fc.property(arbitraryOf(read), (value) => {
        expect(faults(id, value)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    { id: "UpdateConnection", component: "HTTPConnection", read: httpConnection() },
    { id: "UpdateEnvironment", component: "Environment", read: environment() },
    { id: "UpdateCredential", component: "Credential", read: credential() },
    { id: "UpdateConnectionVersion", component: "ConnectionVersion", read: version() },
  ] as const)("$id takes a $component with everything in it, and not one property more", ({ id, component, read }) => {
    expect(fitsContract(component, read).errors).toEqual([]);
    expect(faults(id, read)).toEqual([]);
    expect(faults(id, { ...read, surprise: 1 })).toEqual([
      { instancePath: "", keyword: "additionalProperties", params: { additionalProperty: "surprise" } },
    ]);
  });
});

describe("an unknown property is named, wherever it is, and nothing else is", () => {
  test.each(bodies)("$id", ({ id, body }) => {
    const planted = arbitraryOf(body).chain((value) =>
      fc.constantFrom(...objectsIn(value)).map((path) => ({ path, value: plant(value, path) })),
    );
    fc.assert(
      fc.property(planted, ({ path, value }) => {
        expect(faults(id, value)).toEqual([
          {
            instancePath: path.map((step) => `/${step}`).join(""),
            keyword: "additionalProperties",
            params: { additionalProperty: "surprise" },
          },
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

describe("every fault is told at once, and only those of the kind that was chosen", () => {
  const cases = [
    { name: "no type", id: "CreateCredential", body: { name: "k", data: {} }, expect: ["/ discriminator"] },
    { name: "an unknown type", id: "CreateCredential", body: { name: "k", type: "key", data: {} }, expect: ["/ discriminator"] },
    {
      name: "data of another type",
      id: "CreateCredential",
      body: { name: " ", type: "string", data: { password: "p" } },
      expect: ["/data additionalProperties", "/data required", "/name pattern"],
    },
    {
      name: "the wrong padding",
      id: "CreateCredential",
      body: { name: "k", type: "binary", data: { valueBase64: "AAA" } },
      expect: ["/data/valueBase64 pattern"],
    },
    {
      name: "a colon in a user name",
      id: "CreateCredential",
      body: { name: "k", type: "basic-auth", data: { username: "a:b", password: "" } },
      expect: ["/data/username pattern"],
    },
    {
      name: "no environment",
      id: "CreateHTTPConnection",
      body: { name: "s", baseUrl: "https://a.example", authSchemeConfigs: [], environments: [] },
      expect: ["/environments minItems"],
    },
    {
      name: "a header that is no token",
      id: "CreateHTTPConnection",
      body: { ...create(), authSchemeConfigs: [{ schemeType: "api-key", name: "X Key:", in: "header" }] },
      expect: ["/authSchemeConfigs/0/name pattern"],
    },
    {
      name: "an environment credential that is neither new nor a reference",
      id: "CreateHTTPConnection",
      body: {
        ...create(),
        environments: [
          {
            name: "dev",
            variables: [{ name: "1st", value: "" }],
            credentials: { action: [{ authSchemeConfig: { schemeType: "none" }, credential: { id: "x", name: "y" } }] },
          },
        ],
      },
      expect: [
        "/environments/0/credentials/action/0/credential additionalProperties",
        "/environments/0/credentials/action/0/credential/id format",
        "/environments/0/variables/0/name pattern",
      ],
    },
    {
      name: "environments to change and to create",
      id: "UpdateConnection",
      body: {
        ...httpConnection(),
        environments: [
          { id: "x", name: "dev", variables: 1 },
          { name: "new", variables: [] },
        ],
      },
      expect: ["/environments/0/id format", "/environments/0/variables type", "/environments/1 required"],
    },
    { name: "reserved and unreachable version names", id: "CreateConnectionVersion", body: { name: ".." }, expect: ["/name pattern"] },
    {
      name: "a scope given twice",
      id: "CreateApiKey",
      body: { name: "k", scopes: ["gateway:call", "gateway:call"] },
      expect: ["/scopes uniqueItems"],
    },
  ] as const;

  test.each(cases)("$name", ({ id, body, expect: expected }) => {
    expect(
      faults(id, body)
        .map(({ instancePath, keyword }) => `${instancePath || "/"} ${keyword}`)
        .sort(),
    ).toEqual(expected);
  });
});

test("hostile text is checked in linear time", () => {
  const long = " ".repeat(1_000_000);
  for (const text of [long, `${long}\0`, `${"a".repeat(1_000_000)}\0`, "A".repeat(1_000_001)]) {
    expect(faults("CreateCredential", { name: text, type: "binary", data: { valueBase64: text } })).not.toEqual([]);
    expect(faults("CreateInvitation", { email: text, role: "viewer" })).not.toEqual([]);
    expect(faults("CreateConnectionVersion", { name: text })).not.toEqual([]);
  }
});

function create() {
  return {
    name: "s",
    baseUrl: "https://a.example",
    authSchemeConfigs: [],
    environments: [{ name: "dev", credentials: {}, variables: [] }],
  };
}

type Path = readonly (string | number)[];

/** Paths of the objects in a body that take named properties: not those that hold parameters of any name. */
function objectsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null || path.at(-1) === "additionalParams") return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => objectsIn(item, [...path, index]));
  return [path, ...Object.entries(value).flatMap(([key, part]) => objectsIn(part, [...path, key]))];
}

function plant(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined) return { ...(value as Schema), surprise: "here" };
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? plant(item, rest) : item));
  return { ...(value as Schema), [step]: plant((value as Schema)[step], rest) };
}
