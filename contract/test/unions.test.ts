import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Operation, operations } from "../src/index.ts";
import { arbitraryOf } from "./arbitrary.ts";
import { componentsOf } from "./components.ts";
import { fitsServed, type Schema, served } from "./validators.ts";

const components = componentsOf(Object.values<Operation>(operations).flatMap(({ body, success }) => [body, success.body]));
const unions = Object.entries(served.components.schemas).flatMap(([name, { oneOf }]) =>
  oneOf ? [{ name, variants: oneOf.map(({ $ref }: Schema) => $ref.split("/").at(-1)) as string[] }] : [],
);

describe("exactly one alternative matches", () => {
  test("wherever the document offers alternatives, they have names", () =>
    expect(unions.map(({ name }) => name).sort()).toEqual([
      "Action",
      "ActionCreate",
      "ActionUpdate",
      "AuthSchemeConfig",
      "AuthSchemeConfigInput",
      "Connection",
      "ConnectionPresetAuthSchemeConfig",
      "ConnectionUpdate",
      "Credential",
      "CredentialCreate",
      "CredentialCreateOrReference",
      "CredentialUpdate",
      "EnvironmentCredentialUpdateOrCreate",
      "EnvironmentUpdateOrCreate",
      "SearchItem",
      "Trigger",
      "TriggerCreate",
      "TriggerUpdate",
    ]));

  test.each(unions)("of $name", ({ variants }) => {
    const anyOfThem = fc.oneof(...variants.map((name) => arbitraryOf(components[name] as Schema).map((value) => ({ name, value }))));
    fc.assert(
      fc.property(anyOfThem, ({ name, value }) => {
        expect(variants.filter((variant) => fitsServed(variant, value).ok)).toEqual([name]);
      }),
      { numRuns: 100 },
    );
  });

  test.each(unions)("of $name, and the discriminator points at it", ({ name, variants }) => {
    const { discriminator, if: condition } = served.components.schemas[name] as Schema;
    expect(condition).toBeUndefined();
    if (!discriminator) return;
    const targets = Object.entries<string>(discriminator.mapping).map(([word, ref]) => [ref.split("/").at(-1), word]);
    expect(targets.map(([variant]) => variant)).toEqual(variants);
    for (const [variant, word] of targets) {
      expect(served.components.schemas[variant as string]?.properties[discriminator.propertyName].const).toBe(word);
    }
  });
});
