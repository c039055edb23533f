import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ErrorBody, type Operation, operations, PageInfo, validationSchemas } from "../src/index.ts";
import { arbitraryOf } from "./arbitrary.ts";
import { componentsOf, outline, typeOf } from "./components.ts";
import { requests } from "./requests.ts";
import { contract, createAjv, fitsContract, fitsServed, type Schema, served } from "./validators.ts";

const table = Object.values<Operation>(operations);
const sent = componentsOf(table.map((operation) => operation.body));
const failed = table
  .flatMap(({ failures = {} }) => Object.values(failures))
  .map((failure) => (typeof failure === "object" ? failure.body : undefined));
const answered = componentsOf([...table.map((operation) => operation.success.body), ...failed, ErrorBody, PageInfo]);

/** What the contract calls a shape that Mooring takes; undefined when it is Mooring's own. */
const contractName = (name: string) => [name, name.replace(/(Input|Update)$/, "")].find((one) => one in contract.components.schemas);

const theirs = (name: string) => outline(contract.components.schemas[name] as Schema, contract.components.schemas);
const mine = (name: string) => outline(withoutOwn(served.components.schemas[name] as Schema), served.components.schemas);

/** The same without the alternatives that only Mooring has, which are no part of what the contract says of the others. */
const withoutOwn = ({ oneOf, ...schema }: Schema): Schema => ({
  ...schema,
  ...(oneOf && { oneOf: oneOf.filter(({ $ref }: Schema) => !/ActionBigQuery/.test($ref)) }),
});

describe("what Mooring answers", () => {
  const shared = Object.keys(answered).filter((name) => name in contract.components.schemas);

  test("is made of the contract's components", () => expect(shared.length).toBeGreaterThan(40));

  test.each(shared)("%s always fits the contract", (name) => {
    fc.assert(
      fc.property(arbitraryOf(answered[name] as Schema), (value) => {
        expect(fitsContract(name, value).errors).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  test.each(shared.filter((name) => answered[name]?.type === "object"))("%s has all that the contract promises", (name) => {
    expect(Object.keys(mine(name).properties)).toEqual(expect.arrayContaining(Object.keys(theirs(name).properties)));
    expect(mine(name).required).toEqual(expect.arrayContaining([...theirs(name).required]));
  });
});

describe("what Mooring takes", () => {
  const shared = Object.keys(sent).filter((name) => contractName(name) && sent[name]?.type === "object");

  test("is made of the contract's components", () => expect(shared.length).toBeGreaterThan(30));

  test.each(shared)("%s takes every property of the contract and requires none that the contract does not", (name) => {
    const wanted = theirs(contractName(name) as string);
    const taken = mine(name);
    expect(Object.keys(taken.properties)).toEqual(expect.arrayContaining(Object.keys(wanted.properties)));
    expect(wanted.required).toEqual(expect.arrayContaining([...taken.required]));
    for (const [property, schema] of Object.entries(wanted.properties)) {
      const own = taken.properties[property] as Schema;
      if (!own.readOnly)
        expect([property, typeOf(own, served.components.schemas)]).toEqual([property, typeOf(schema, contract.components.schemas)]);
    }
  });

  test.each(shared)("%s requires what the contract requires, except what only Mooring can know", (name) => {
    const { properties, required } = mine(name);
    const optional = theirs(contractName(name) as string).required.filter((property) => !required.includes(property));
    expect(optional.filter((property) => !properties[property]?.readOnly)).toEqual([]);
  });

  const names: Record<string, string> = {
    AuthSchemeConfig: "AuthSchemeConfigInput",
    Credential: "CredentialUpdate",
    ConnectionVersion: "ConnectionVersionUpdate",
  };
  const examples = Object.entries(requests).flatMap(([name, all]) => all.map((body, index) => ({ name, index, body })));

  test.each(examples)("accepts a client's $name, example $index", ({ name, body }) => {
    const validate = createAjv().compile(sent[names[name] ?? name] as Schema);
    validate(body);
    expect(fitsContract(name, body).errors).toEqual([]);
    expect(validate.errors ?? []).toEqual([]);
  });
});

describe("every shape", () => {
  const all = { ...sent, ...answered };

  test.each(Object.keys(all))("%s reads the same in the document that is served", (name) => {
    fc.assert(
      fc.property(arbitraryOf(all[name] as Schema), (value) => {
        expect(fitsServed(name, value).errors).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test("compiles with the server's validator, as it is and from the shared definitions", () => {
    const direct = createAjv();
    for (const schema of Object.values(all)) expect(() => direct.compile(schema)).not.toThrow();

    const { definitions, operations: byOperation, error } = validationSchemas();
    const referring = createAjv().addSchema(definitions);
    const parts = Object.values(byOperation).flatMap(
      ({ failures, ...part }) => [...Object.values(part), ...Object.values(failures)] as Schema[],
    );
    for (const schema of [...parts, error as Schema]) {
      expect(() => referring.compile(schema)).not.toThrow();
    }
  });
});
