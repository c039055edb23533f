import { afterAll, describe, expect, it } from "vitest";
import type { DefinitionId, OrganisationId } from "../../src/kernel/ids.ts";
import { createSandbox } from "../../src/sandbox/sandbox.ts";

const sandbox = createSandbox();
afterAll(() => sandbox.close());

const org = "01J0000000000000000000000A" as OrganisationId;
const urlPrefix = "https://mooring.example/schemas/k/";
const given = (name: string, content: unknown) => ({
  id: `ID-${name}` as DefinitionId,
  name,
  contentType: "application/schema+json",
  content: JSON.stringify(content),
});

describe("A schema that is given as a definition", () => {
  it("has its references stored by id", async () => {
    const schemas = [
      given("Node", { type: "object", properties: { next: { $ref: "#/$defs/Node" }, other: { $ref: `${urlPrefix}Leaf#/properties/a` } } }),
      given("Leaf", { $defs: { Own: true }, properties: { a: { $ref: "#/$defs/Own" }, b: { $ref: "#/$defs/Known/items" } } }),
    ];
    const [node, leaf] = await sandbox.checkSchemas(org, { schemas, known: [["Known", "ID-K" as DefinitionId]], urlPrefix });
    expect(node).toEqual({
      content: '{"type":"object","properties":{"next":{"$ref":"mooring:ID-Node"},"other":{"$ref":"mooring:ID-Leaf#/properties/a"}}}',
      uses: ["ID-Leaf", "ID-Node"],
      faults: [],
    });
    expect(JSON.parse(leaf?.content ?? "")).toEqual({
      $defs: { Own: true },
      properties: { a: { $ref: "#/$defs/Own" }, b: { $ref: "mooring:ID-K#/items" } },
    });
  });
});

describe("A value", () => {
  it("is held against a schema", async () => {
    const bundle = {
      root: "A",
      definitions: [{ id: "A", content: '{"type":"object","required":["a","b"],"properties":{"a":{"type":"string"}}}' }],
    };
    const ask = (json: string) => sandbox.validate({ org, key: "A/1", load: () => bundle, json });
    expect(await ask('{"a":"x","b":1}')).toEqual([]);
    expect(await ask('{"a":1}')).toEqual([
      { pointer: "/b", message: "This is required." },
      { pointer: "/a", message: "This must be a string." },
    ]);
    expect(await ask('{"a":"x","b":1,"b":2}')).toEqual([{ pointer: "", message: "Line 1, column 16: The object has this key twice." }]);
  });
});
