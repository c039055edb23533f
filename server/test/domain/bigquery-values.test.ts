import { describe, expect, it } from "vitest";
import { type BigQueryType, scalarFault, scalarText } from "../../src/domain/bigquery-values.ts";

const good: Record<BigQueryType, [given: unknown, text: string][]> = {
  BOOL: [
    [true, "true"],
    ["false", "false"],
  ],
  INT64: [
    [-9_007_199_254_740_991, "-9007199254740991"],
    [1e3, "1000"],
    ["+007", "+007"],
    ["-9223372036854775808", "-9223372036854775808"],
    ["9223372036854775807", "9223372036854775807"],
  ],
  FLOAT64: [
    [1e300, "1e+300"],
    ["1.5e-7", "1.5e-7"],
    ["-Infinity", "-Infinity"],
    ["NaN", "NaN"],
  ],
  NUMERIC: [
    [0, "0"],
    [-0.5, "-0.5"],
    [123_456.789, "123456.789"],
    [1e-9, "0.000000001"],
    [1.5e20, "150000000000000000000"],
    ["-00012.500000000000", "-00012.500000000000"],
    [".5", ".5"],
  ],
  BIGNUMERIC: [
    [
      `-578960446186580977117854925043439539266.34992332820282019728792003956564819967`,
      "-578960446186580977117854925043439539266.34992332820282019728792003956564819967",
    ],
    [1e-20, "0.00000000000000000001"],
  ],
  STRING: [
    ["", ""],
    ["é🙂", "é🙂"],
  ],
  BYTES: [
    ["", ""],
    ["AAEC", "AAEC"],
    ["/+A=", "/+A="],
  ],
  DATE: [["2000-02-29", "2000-02-29"]],
  DATETIME: [["2024-02-29 23:59:59", "2024-02-29 23:59:59"]],
  TIME: [["00:00:00.1", "00:00:00.1"]],
  TIMESTAMP: [["2024-02-29t23:59:59.123456-14:00", "2024-02-29t23:59:59.123456-14:00"]],
  JSON: [
    [[1, { a: null }], '[1,{"a":null}]'],
    [false, "false"],
  ],
};

const bad: Record<BigQueryType, unknown[]> = {
  BOOL: [1, "TRUE", "yes", {}, []],
  INT64: [
    1.5,
    2 ** 53,
    Number.NaN,
    "",
    "-",
    "1.0",
    "1e3",
    "9223372036854775808",
    "-9223372036854775809",
    " 1",
    "1\n",
    "0x1",
    true,
    [1],
    "１",
  ],
  FLOAT64: [Number.POSITIVE_INFINITY, Number.NaN, "", "nan", "inf", "1e999", "0x1", "1,5", " 1", true],
  NUMERIC: [
    "",
    ".",
    "-",
    "1.",
    "1e3",
    `1${"0".repeat(29)}`,
    "0.0000000001",
    1e-10,
    1e30,
    0.1 + 0.2,
    2 ** 60 + 0,
    Number.NaN,
    "NaN",
    " 1",
    true,
  ],
  BIGNUMERIC: [
    `0.${"0".repeat(38)}1`,
    "578960446186580977117854925043439539266.34992332820282019728792003956564819968",
    "9".repeat(40),
    "9".repeat(100_000),
  ],
  STRING: [1, true, {}, "\ud800", "a\udc00"],
  BYTES: ["A", "AAE", "AAEC=", "A===", "AA-_", "AAEC\n", "é", 1],
  DATE: [
    "2023-02-29",
    "1900-02-29",
    "2024-13-01",
    "2024-00-01",
    "2024-01-00",
    "2024-04-31",
    "0000-01-01",
    "2024-1-1",
    "24-01-01",
    "2024-01-01 ",
    20240101,
  ],
  DATETIME: ["2024-01-01", "2024-01-01T24:00:00", "2024-01-01T00:00:00Z", "2024-01-01  00:00:00", "2023-02-29T00:00:00"],
  TIME: ["24:00:00", "23:60:00", "23:59:60", "1:00:00", "00:00", "00:00:00.1234567", "00:00:00."],
  TIMESTAMP: [
    "2024-01-01T00:00:00",
    "2024-01-01",
    "2024-01-01T00:00:00+15:00",
    "2024-01-01T00:00:00+01",
    "2024-01-01T00:00:00 UTC",
    1_704_067_200,
  ],
  JSON: [undefined, nested(501)],
};

describe("a value for a query", () => {
  it.each(Object.entries(good))("of %s is sent as it was meant", (type, values) => {
    for (const [given, text] of values) {
      expect([given, scalarFault(type as BigQueryType, given)]).toEqual([given, undefined]);
      expect(scalarText(type as BigQueryType, given)).toBe(text);
    }
  });

  it.each(Object.entries(bad))("of %s is refused when it is something else, or would be rounded", (type, values) => {
    for (const given of values)
      expect([given, scalarFault(type as BigQueryType, given)]).toEqual([given, expect.stringMatching(/^Must be /)]);
  });
});

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
