import { describe, expect, it } from "vitest";
import { bigQueryRig } from "./bigquery-rig.ts";

const nines = "9".repeat(29);

/** A value as it is given, the type it is declared as, and how it comes back when that is otherwise. */
const values: { type: string; given: unknown; back?: unknown }[] = [
  { type: "INT64", given: "9223372036854775807" },
  { type: "INT64", given: "-9223372036854775808" },
  { type: "INT64", given: "9007199254740993" },
  { type: "INT64", given: 9_007_199_254_740_991, back: "9007199254740991" },
  { type: "INT64", given: 0, back: "0" },
  { type: "INT64", given: -0, back: "0" },
  { type: "NUMERIC", given: `${nines}.999999999` },
  { type: "NUMERIC", given: `-${nines}.999999999` },
  { type: "NUMERIC", given: "0.000000001" },
  { type: "NUMERIC", given: 0.1, back: "0.1" },
  { type: "NUMERIC", given: 1e21, back: "1000000000000000000000" },
  { type: "NUMERIC", given: 1.5e-7, back: "0.00000015" },
  { type: "BIGNUMERIC", given: "1234567890123456789012345678.0123456789" },
  { type: "FLOAT64", given: 0.1 },
  { type: "FLOAT64", given: -1.7976931348623157e308 },
  { type: "FLOAT64", given: 5e-324 },
  { type: "FLOAT64", given: "NaN" },
  { type: "FLOAT64", given: "Infinity" },
  { type: "FLOAT64", given: "-Infinity" },
  { type: "BOOL", given: true },
  { type: "BOOL", given: false },
  { type: "STRING", given: "" },
  { type: "STRING", given: "é漢🙂\u0000\n\t\"'\\" },
  { type: "BYTES", given: "" },
  { type: "BYTES", given: Buffer.from(Array.from({ length: 256 }, (_, at) => at)).toString("base64") },
  { type: "DATE", given: "0001-01-01" },
  { type: "DATE", given: "9999-12-31" },
  { type: "DATE", given: "2024-02-29" },
  { type: "TIME", given: "23:59:59.999999" },
  { type: "TIME", given: "00:00:00" },
  { type: "DATETIME", given: "2024-02-29T23:59:59.999999" },
  { type: "TIMESTAMP", given: "2024-01-02T03:04:05.123456Z" },
  { type: "TIMESTAMP", given: "1969-12-31T23:59:59.999999Z" },
  { type: "TIMESTAMP", given: "0001-01-01T00:00:00.000000Z" },
  { type: "TIMESTAMP", given: "9999-12-31T23:59:59.999999Z" },
  { type: "TIMESTAMP", given: "2024-01-02T03:04:05+02:00", back: "2024-01-02T01:04:05.000000Z" },
  { type: "JSON", given: { a: [1, "x", null, { b: true }], "{{ env.x }}": "@p" } },
  { type: "JSON", given: "text" },
];

describe("the types of BigQuery", () => {
  it("come back exactly as they were given, each of them", async () => {
    const { query } = await bigQueryRig();
    for (const { type, given, back = given } of values) {
      const { status, json } = await query("SELECT @p AS p", { declared: [{ name: "p", type: type as "JSON" }], parameters: { p: given } });
      expect({ type, status, row: json.rows[0], schema: json.schema }).toEqual({
        type,
        status: 200,
        row: { p: back },
        schema: [{ name: "p", type, mode: "NULLABLE" }],
      });
    }
  });

  it("come back so in lists, the empty one too", async () => {
    const { query } = await bigQueryRig();
    for (const { type, given, back = given } of values) {
      for (const times of [0, 1, 3]) {
        const declared = [{ name: "p", type: type as "JSON", array: true }];
        const { json } = await query("SELECT @p AS p", { declared, parameters: { p: Array.from({ length: times }, () => given) } });
        expect(json.rows).toEqual([{ p: Array.from({ length: times }, () => back) }]);
        expect(json.schema).toEqual([{ name: "p", type, mode: "REPEATED" }]);
      }
    }
  });

  it("are null where nothing is given, and a list is empty", async () => {
    const { query } = await bigQueryRig();
    const types = [...new Set(values.map(({ type }) => type))];
    const declared = types.flatMap((type) => [
      { name: `one_${type}`, type: type as "JSON" },
      { name: `all_${type}`, type: type as "JSON", array: true },
    ]);
    const { json } = await query(`SELECT ${declared.map(({ name }) => `@${name} AS ${name}`).join(", ")}`, { declared });
    expect(json.rows).toEqual([
      Object.fromEntries(
        types.flatMap((type) => [
          [`one_${type}`, null],
          [`all_${type}`, []],
        ]),
      ),
    ]);
  });

  it("nest in each other, with nulls at every depth", async () => {
    const { query } = await bigQueryRig();
    const { json } = await query(
      `
      SELECT
        CAST(STRUCT(@big, STRUCT('x', [1, 2])) AS STRUCT<id INT64, more STRUCT<name STRING, list ARRAY<INT64>>>) AS one,
        [CAST(STRUCT(1, NULL) AS STRUCT<a INT64, b NUMERIC>), CAST(STRUCT(NULL, @n) AS STRUCT<a INT64, b NUMERIC>)] AS many,
        CAST(NULL AS STRUCT<a INT64>) AS none,
        CAST(STRUCT(NULL) AS STRUCT<moment TIMESTAMP>) AS holder,
        INTERVAL 3 DAY AS pause`,
      {
        declared: [
          { name: "big", type: "INT64" },
          { name: "n", type: "NUMERIC" },
        ],
        parameters: { big: "9223372036854775807", n: "0.000000001" },
      },
    );
    expect(json.rows).toEqual([
      {
        one: { id: "9223372036854775807", more: { name: "x", list: ["1", "2"] } },
        many: [
          { a: "1", b: null },
          { a: null, b: "0.000000001" },
        ],
        none: null,
        holder: { moment: null },
        pause: "3 days",
      },
    ]);
    expect(json.schema[0]).toEqual({
      name: "one",
      type: "STRUCT",
      mode: "NULLABLE",
      fields: [
        { name: "id", type: "INT64", mode: "NULLABLE" },
        {
          name: "more",
          type: "STRUCT",
          mode: "NULLABLE",
          fields: [
            { name: "name", type: "STRING", mode: "NULLABLE" },
            { name: "list", type: "INT64", mode: "REPEATED" },
          ],
        },
      ],
    });
  });

  it("of JSON keep digits that a number in JavaScript would lose", async () => {
    const { query } = await bigQueryRig();
    const { body } = await query(`SELECT CAST('{"n":12345678901234567890.5,"e":1e400}' AS JSON) AS j`);
    expect(body.toString()).toContain('"rows":[{"j":{"n":12345678901234567890.5,"e":1e400}}]');
  });
});
