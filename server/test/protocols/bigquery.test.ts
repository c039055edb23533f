import { describe, expect, it } from "vitest";
import { readPage, readRefusal } from "../../src/protocols/bigquery/answers.ts";
import { queryParameters } from "../../src/protocols/bigquery/parameters.ts";
import { datasetOf } from "../../src/protocols/bigquery/project.ts";
import { cancelRequest, requestIdOf, resultsRequest } from "../../src/protocols/bigquery/requests.ts";
import { rowWriter } from "../../src/protocols/bigquery/rows.ts";
import { fieldsOf } from "../../src/protocols/bigquery/schema.ts";

const column = (type: string, mode = "NULLABLE") => ({ name: "a", type, mode });
const written = (type: string, v: unknown, mode?: string) => rowWriter(fieldsOf({ fields: [column(type, mode)] }))({ f: [{ v }] });
const broken = expect.objectContaining({ code: "upstream_unreachable" });

describe("a row of BigQuery", () => {
  it.each([
    ["INTEGER", "-9223372036854775808", '"-9223372036854775808"'],
    ["BIGNUMERIC", "1".repeat(39), `"${"1".repeat(39)}"`],
    ["FLOAT", "1.0", "1"],
    ["FLOAT", "-0.0", "-0"],
    ["FLOAT", "-inf", '"-Infinity"'],
    ["FLOAT64", "Infinity", '"Infinity"'],
    ["FLOAT64", "nan", '"NaN"'],
    ["BOOLEAN", "true", "true"],
    ["TIMESTAMP", "0", '"1970-01-01T00:00:00.000000Z"'],
    ["TIMESTAMP", "-1", '"1969-12-31T23:59:59.999999Z"'],
    ["TIMESTAMP", "-62135596800000000", '"0001-01-01T00:00:00.000000Z"'],
    ["TIMESTAMP", "253402300799999999", '"9999-12-31T23:59:59.999999Z"'],
    ["JSON", '{"a":\n1}', '{"a": 1}'],
    ["JSON", '"\\n"', '"\\n"'],
    ["JSON", "null", "null"],
    ["RANGE", "[2024-01-01, UNBOUNDED)", '"[2024-01-01, UNBOUNDED)"'],
    ["GEOGRAPHY", "POINT(1 2)", '"POINT(1 2)"'],
    ["INTERVAL", "0-0 3 0:0:0", '"0-0 3 0:0:0"'],
    ["SOMETHING_NEW", '"x"\u2028', '"\\"x\\"\u2028"'],
  ])("has %s %s as %s", (type, given, text) => {
    expect(written(type, given)).toBe(`{"a":${text}}`);
    expect(written(type, [{ v: given }], "REPEATED")).toBe(`{"a":[${text}]}`);
    expect(written(type, null)).toBe('{"a":null}');
    expect(written(type, null, "REPEATED")).toBe('{"a":[]}');
  });

  it.each([
    ["FLOAT", ""],
    ["FLOAT", "1e999"],
    ["FLOAT", "x"],
    ["TIMESTAMP", "1.7E9"],
    ["TIMESTAMP", "999999999999999999"],
    ["JSON", "{"],
    ["INTEGER", 5],
    ["RECORD", "x"],
  ])("is refused with %s %j", (type, given) => {
    expect(() => written(type, given)).toThrow(broken);
  });

  it.each([null, {}, { f: null }, { f: [] }, { f: [{ v: "1" }, { v: "2" }] }])("is refused when it is %j", (row) => {
    expect(() => rowWriter(fieldsOf({ fields: [column("INTEGER")] }))(row)).toThrow(broken);
  });

  it("may have columns of any name", () => {
    const fields = ["__proto__", "constructor", 'a"b', "é"].map((name) => ({ name, type: "STRING" }));
    const text = rowWriter(fieldsOf({ fields }))({ f: fields.map(({ name }) => ({ v: name })) });
    expect(text).toBe('{"__proto__":"__proto__","constructor":"constructor","a\\"b":"a\\"b","é":"é"}');
  });
});

describe("a schema", () => {
  it.each([null, 1, { fields: {} }, { fields: [null] }, { fields: [{ name: "a" }] }, { fields: [{ type: "STRING" }] }, deep(30)])(
    "is refused: %j",
    (schema) => {
      const read = () => fieldsOf(schema);
      if (schema === null || typeof schema === "number") expect(read()).toEqual([]);
      else expect(read).toThrow(broken);
    },
  );
});

describe("an answer", () => {
  it("that refuses is read as far as it says something", () => {
    expect(readRefusal(Buffer.from("<html>"))).toEqual({ reason: undefined, message: "It gave no reason.", location: undefined });
    expect(readRefusal(Buffer.from('{"error":{"message":"m","errors":[{"reason":"r","location":"q"}]}}'))).toEqual({
      reason: "r",
      message: "m",
      location: "q",
    });
    expect(() => readPage(Buffer.from('{"jobComplete":true,"rows":{}}'))).toThrow(broken);
  });
});

describe("what is asked", () => {
  it.each([
    ["", undefined],
    ["sales", { datasetId: "sales" }],
    ["acme.sales", { projectId: "acme", datasetId: "sales" }],
    ["acme:sales", { projectId: "acme", datasetId: "sales" }],
    ["example.com:acme.sales", { projectId: "example.com:acme", datasetId: "sales" }],
    ["acme.", undefined],
  ])("is of the dataset %s", (text, dataset) => {
    expect(datasetOf(text)).toEqual(dataset);
  });

  it("names a job so that nothing in it can be read otherwise", () => {
    const job = { projectId: "../a?b", jobId: "x/../y#z", location: "eu&x=1" };
    expect(resultsRequest(job, { pageToken: "a&b", timeoutMs: 5 })).toMatchObject({
      path: "/projects/..%2Fa%3Fb/queries/x%2F..%2Fy%23z",
      query: "maxResults=5000&timeoutMs=5&formatOptions.useInt64Timestamp=true&pageToken=a%26b&location=eu%26x%3D1",
    });
    expect(cancelRequest(job)).toEqual({
      method: "POST",
      path: "/projects/..%2Fa%3Fb/jobs/x%2F..%2Fy%23z/cancel",
      query: "location=eu%26x%3D1",
    });
  });

  it("is a repeat for the same key in the same place alone", () => {
    const id = (key: string | undefined, ...scope: string[]) => requestIdOf({ callId: "call", key, scope });
    expect(id(undefined, "a")).toBe("call");
    expect(id("k", "a")).toMatch(/^[0-9a-f]{32}$/);
    expect(id("k", "a")).toBe(id("k", "a"));
    expect(new Set([id("k", "a"), id("k", "b"), id("l", "a"), id("b", "a,k"), id("k", "a", "b")]).size).toBe(5);
  });
});

function deep(levels: number): object {
  let field: object = { name: "a", type: "STRING" };
  for (let level = 0; level < levels; level += 1) field = { name: "a", type: "RECORD", fields: [field] };
  return { fields: [field] };
}

describe("what the defaults of a query come to", () => {
  it("has a bound, however often they say a variable (L-2)", () => {
    const variables = new Map([["v", "v".repeat(30_000)]]);
    const declared = Array.from({ length: 500 }, (_, at) => ({
      name: `p${at}`,
      required: false,
      type: "STRING" as const,
      default: "{{ env.v }}".repeat(5_000),
    }));
    const refused = expect.objectContaining({ code: "template_unresolved" });
    expect(() => queryParameters(declared, {}, variables)).toThrow(refused);
    const [one] = queryParameters([{ ...declared[0], default: "{{ env.v }}!" } as (typeof declared)[0]], {}, variables);
    expect(one).toMatchObject({ parameterValue: { value: `${"v".repeat(30_000)}!` } });
  });
});
