import type { ActionBigQueryParameter } from "@mooring/contract";
import { describe, expect, it } from "vitest";
import { bigQueryFaults } from "../../src/domain/bigquery-faults.ts";

const parameter = (name: string, changes: Partial<ActionBigQueryParameter> = {}): ActionBigQueryParameter => ({
  name,
  required: false,
  type: "STRING",
  ...changes,
});

describe("a query", () => {
  it.each<[string, string, ActionBigQueryParameter[], string[]]>([
    [
      "is right with what it declares",
      "SELECT @a, @B",
      [parameter("A"), parameter("b", { type: "INT64", array: true, default: [1, "2"] })],
      [],
    ],
    ["declares what it uses", "SELECT @a, @b, '@c'", [parameter("a")], ["error /query @b"]],
    ["uses what it declares", "SELECT @a", [parameter("a"), parameter("b")], ["warning /parameters/1/name @b"]],
    ["declares it once", "SELECT @a", [parameter("a"), parameter("A")], ["error /parameters/1/name two parameters"]],
    ["is no template", "SELECT '{{ env.table }}'", [], ["error /query no template"]],
    ["is no template, not even in a comment", "SELECT 1 -- {{", [], ["error /query no template"]],
    ["has names for its parameters", "SELECT ?", [], ["error /query named"]],
    [
      "has defaults of their type",
      "SELECT @a",
      [parameter("a", { type: "DATE", default: "2024-02-30" })],
      ["error /parameters/0/default date"],
    ],
    ["has defaults with an end", "SELECT @a", [parameter("a", { default: "{{}}".repeat(20_000) })], ["error /parameters/0/default 65536"]],
    ["has lists where lists are", "SELECT @a", [parameter("a", { array: true, default: "x" })], ["error /parameters/0/default list"]],
    [
      "has no nulls in lists",
      "SELECT @a",
      [parameter("a", { array: true, default: ["x", null] })],
      ["error /parameters/0/default Item [1]"],
    ],
    ["may have a default of the environment", "SELECT @a", [parameter("a", { type: "INT64", default: "{{ env.limit }}" })], []],
    ["has none of a parameter", "SELECT @a", [parameter("a", { default: "{{ param.b }}" })], ["error /parameters/0/default param.b"]],
    ["has none that cannot be read", "SELECT @a", [parameter("a", { default: "{{ limit" })], ["error /parameters/0/default placeholder"]],
  ])("%s", (_what, query, parameters, expected) => {
    const found = bigQueryFaults({ query, parameters });
    expect(found).toHaveLength(expected.length);
    for (const [at, text] of expected.entries()) {
      const [severity = "", field = "", ...words] = text.split(" ");
      expect(found[at]).toMatchObject({ severity, field, message: expect.stringContaining(words.join(" ")) });
    }
  });
});
