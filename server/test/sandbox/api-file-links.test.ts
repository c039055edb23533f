import fc from "fast-check";
import { expect, test } from "vitest";
import { documentsOf } from "../../src/sandbox/flatten.ts";
import { faultsOfLinks } from "../../src/sandbox/links.ts";
import { propertyTimeoutMs, trials } from "../harness/profile.ts";
import { readWhole, withSchemas } from "../protocols/openapi/whole.ts";

const names = ["A", "B", "C", "D"];
const places = ["", "/properties/x", "/items", "/allOf/0", "/oneOf/1", "/properties/x/anyOf/0", "/$defs/x", "/items/0", "/not"];
const reference = fc
  .tuple(fc.constantFrom(...names), fc.constantFrom(...places))
  .map(([name, place]) => ({ $ref: `#/components/schemas/${name}${place}` }));

/** Schemas that point to each other at random, also deep into each other and in circles. */
const { schema } = fc.letrec<{ schema: unknown }>((tie) => {
  const inner = fc.oneof({ maxDepth: 3 }, reference, fc.constant({ type: "string" }), tie("schema"));
  const list = fc.array(inner, { minLength: 1, maxLength: 3 });
  return {
    schema: fc.oneof(
      reference,
      fc.record(
        {
          nullable: fc.boolean(),
          properties: fc.record({ x: inner }),
          items: fc.oneof(inner, list),
          allOf: list,
          oneOf: list,
          anyOf: list,
          not: inner,
          $defs: fc.record({ x: inner }),
        },
        { requiredKeys: [] },
      ),
    ),
  };
});

test("whatever references a file has, those that are kept lead somewhere, and none back to where it began for the same value", {
  timeout: propertyTimeoutMs,
}, () => {
  fc.assert(
    fc.property(fc.tuple(schema, schema, schema, schema), fc.constantFrom("3.0.3", "3.1.0"), (schemas, version) => {
      const components = Object.fromEntries(names.map((name, at) => [name, schemas[at]]));
      const { definitions } = readWhole(withSchemas(components, version));
      const { byId } = documentsOf({ root: "true", definitions });
      const faults = faultsOfLinks(
        byId,
        definitions.map(({ id }) => id),
      );
      expect([...faults.values()].flat()).toEqual([]);
    }),
    { numRuns: trials({ change: 500, long: 50_000 }) },
  );
});
