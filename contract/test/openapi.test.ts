import { describe, expect, test } from "vitest";
import {
  gatewayOperations,
  ingestAddresses,
  ingestMethods,
  type Operation,
  openApiDocument,
  operations,
  scopes,
  tags,
} from "../src/index.ts";
import { contract, type Schema, served } from "./validators.ts";

const methods = ["get", "post", "put", "patch", "delete", "head", "options"];

interface Served {
  readonly id: string;
  readonly path: string;
  readonly method: string;
  readonly operation: Schema;
  readonly parameters: Schema[];
}

const ofMooring = operationsOf(served);
const ofContract = operationsOf(contract);

describe("every operation of the contract", () => {
  const both = ofContract.filter(({ id }) => id in operations).map((theirs) => ({ id: theirs.id, theirs }));

  test("is served", () => {
    expect(ofContract.map(({ id }) => id).filter((id) => !(id in operations))).toEqual([]);
  });

  test.each(both)("$id has the contract's path, method, parameters and answers", ({ id, theirs }) => {
    const mine = ofMooring.find((one) => one.id === id) as Served;
    expect([mine.method, mine.path]).toEqual([theirs.method, theirs.path]);
    for (const parameter of theirs.parameters) {
      const own = mine.parameters.find((one) => one.name === parameter.name && one.in === parameter.in) as Schema;
      expect(own).toMatchObject({ required: parameter.required, schema: { type: parameter.schema.type } });
      // An environment's name works too where the contract has an id.
      const { format, ...schema } = parameter.schema;
      expect(own.schema).toMatchObject(parameter.name === "environment_id" ? schema : parameter.schema);
    }
    expect(Object.keys(mine.operation.responses)).toEqual(expect.arrayContaining(Object.keys(theirs.operation.responses)));
    // Where the contract does not say that a body is required, its schema does.
    expect(Boolean(mine.operation.requestBody?.required)).toBe(theirs.operation.requestBody !== undefined);
  });

  test.each(both)("$id sends and answers the contract's components", ({ id, theirs }) => {
    const mine = ofMooring.find((one) => one.id === id) as Served;
    const renamed: Record<string, string> = {
      CredentialUpdate: "Credential",
      ConnectionVersionUpdate: "ConnectionVersion",
      ActionUpdate: "Action",
      TriggerUpdate: "Trigger",
    };
    const sent = schemaNames(mine.operation).map((name) =>
      name.startsWith("body ") ? `body ${renamed[name.slice(5)] ?? name.slice(5)}` : name,
    );
    // The contract has an answer with several definitions, and names the one with a single one here.
    const agreed = schemaNames(theirs.operation).map((name) =>
      id === "DeleteDefinitions" ? name.replace("412 Definition", "412 Definitions") : name,
    );
    expect(sent).toEqual(agreed);
  });

  test("is reached with the contract's proofs of identity", () => {
    for (const [name, scheme] of Object.entries(contract.components.securitySchemes))
      expect(served.components.securitySchemes[name]).toMatchObject(scheme as object);
    expect((served as unknown as Schema).security).toEqual((contract as unknown as Schema).security);
  });
});

describe("the document that is served", () => {
  test("says which program and which address it is of", () => {
    const document = openApiDocument({ version: "1.2.3", serverUrl: "https://mooring.example.com" });
    expect(document).toMatchObject({ openapi: "3.1.0", info: { version: "1.2.3" }, servers: [{ url: "https://mooring.example.com" }] });
  });

  test("refers to nothing that it does not have, and has nothing that it does not refer to", () => {
    const refs = new Set(
      [...JSON.stringify(served).matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)].map(([, kind, name]) => `${kind} ${name}`),
    );
    const held = Object.entries(served.components).flatMap(([kind, all]) => Object.keys(all).map((name) => `${kind} ${name}`));
    const unreferred = ["securitySchemes cookie", "securitySchemes bearerToken", "schemas PageInfo"];
    expect([...refs].sort()).toEqual(held.filter((name) => !unreferred.includes(name)).sort());
  });

  test("gives every operation an id of its own, a known chapter, words of its own and a default answer", () => {
    expect(new Set(ofMooring.map(({ id }) => id)).size).toBe(ofMooring.length);
    for (const { operation } of ofMooring) {
      expect(Object.keys(tags)).toContain(operation.tags[0]);
      expect(operation.summary).toMatch(/^[A-Z].+[^.]$/);
      expect(operation.description).toMatch(/\.$/);
      expect(operation.responses.default.content["application/json"].schema.$ref).toBe("#/components/schemas/Error");
      for (const answer of Object.values<Schema>(operation.responses)) expect(answer.description).toBeTruthy();
    }
  });

  test("describes every parameter in a path, once, and no other", () => {
    for (const { path, parameters } of ofMooring) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((one) => one.in === "path").map((one) => one.name)).toEqual(inPath);
      expect(new Set(parameters.map((one) => `${one.in} ${one.name}`)).size).toBe(parameters.length);
    }
  });

  test.each([...gatewayOperations])("has $path for every method", ({ path, methods: own }) => {
    expect(
      Object.keys(served.paths[path] as object)
        .filter((key) => methods.includes(key))
        .sort(),
    ).toEqual(own.map((method) => method.toLowerCase()).sort());
  });
});

describe("every operation says who may call it (A-5)", () => {
  const allowed = [...scopes, "member", "signed-in", "public"];

  test.each(Object.entries<Operation>(operations))("%s", (_, { access }) => expect(allowed).toContain(access));

  test("only accepting an invitation, ending a sign-in, reading a schema and sending an event are open to everybody, and the document says so", () => {
    const open = ofMooring.filter(({ operation }) => operation["x-mooring-access"] === "public");
    const [events, others] = [
      open.filter(({ id }) => id.startsWith("ReceiveEvent")),
      open.filter(({ id }) => !id.startsWith("ReceiveEvent")),
    ];
    expect(others.map(({ id }) => id)).toEqual(["HandleOAuth2ConnectionCallback", "AcceptInvitation", "GetSchema"]);
    expect(events).toHaveLength(ingestAddresses.length * ingestMethods.length);
    expect(ofMooring.filter(({ operation }) => operation.security)).toEqual(open);
  });

  test("what changes a secret needs secrets:write; what only reads needs no right to write", () => {
    for (const [id, { method, access, tag }] of Object.entries<Operation>(operations)) {
      // The agreed contract has a GET for it, but it keeps a place for a file.
      if (id === "GetProtocolUploadURL") continue;
      if (method === "GET") expect([id, access]).not.toEqual([id, expect.stringMatching(/:write$/)]);
      if (method !== "GET" && tag === "Credentials") expect([id, access]).toEqual([id, "secrets:write"]);
      if (method !== "GET") expect([id, access]).not.toEqual([id, expect.stringMatching(/:read$/)]);
    }
  });
});

function operationsOf(document: typeof served): Served[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([key]) => methods.includes(key))
      .map(([method, operation]) => ({
        id: operation.operationId,
        path,
        method,
        operation,
        parameters: [...((item.parameters as unknown as Schema[]) ?? []), ...(operation.parameters ?? [])].map((one: Schema) =>
          one.$ref ? (document.components.parameters[one.$ref.split("/").at(-1)] as Schema) : one,
        ),
      })),
  );
}

/** The components that an operation takes and answers, as `body X` and `200 X`; of a form, its parts. */
function schemaNames(operation: Schema): string[] {
  const component = (schema: Schema): string => schema.$ref?.split("/").at(-1) ?? `${schema.type} ${schema.format}`;
  const name = ({ content }: Schema) => {
    const form = content?.["multipart/form-data"]?.schema.properties as Record<string, Schema> | undefined;
    if (!form) return content && component(content["application/json"].schema);
    return `form ${Object.entries(form).map(([part, schema]) => `${part}: ${component(schema)}`)}`;
  };
  const body = operation.requestBody ? [`body ${name(operation.requestBody)}`] : [];
  const answers = Object.entries<Schema>(operation.responses).map(([status, answer]) => `${status} ${name(answer)}`);
  return [...body, ...answers.sort()];
}
