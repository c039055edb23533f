import { expect, test } from "vitest";
import { type BigQuery, failure } from "../harness/bigquery.ts";
import { besideBigQuery, createBigQueryConnection, newQuery } from "../harness/bigquery-world.ts";
import { newAction } from "../harness/content.ts";
import { createConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine, type World } from "../harness/world.ts";

let bigQuery: BigQuery;
const beside = async () => {
  const started = await besideBigQuery();
  bigQuery = started.bigQuery;
  return started;
};

/** A draft with one query, and what to do with it. */
async function draftWith(world: World, query = newQuery()) {
  const key = await world.as("key");
  const connection = await createBigQueryConnection(world);
  const version = { connection_id: connection.id, version: "1" };
  const { body: action } = await world.must(key, "CreateAction", { params: version, body: query });
  const params = { ...version, action_name: query.name };
  const dryRun = (environment = "dev") => world.send(key, "DryRunAction", { params, body: { environment } });
  const definition = (name: string) => world.send(key, "GetDefinition", { params: { ...version, definition_name: name } });
  const schemaOf = async (name: string) => {
    const { body } = await definition(name);
    return (await fetch(body.url)).json();
  };
  return { key, connection, version, params, action, dryRun, definition, schemaOf };
}

onEachEngine(
  "a dry run",
  (world) => {
    test("makes the definition of the rows, and links the action to it", async () => {
      const { dryRun, action, definition, schemaOf, key, params } = await draftWith(world);
      const { status, body } = await dryRun();
      expect(status).toBe(200);
      const made = await definition("ordersOf_row");
      const { referencedBy, ...shown } = made.body;
      expect(referencedBy).toEqual([{ type: "action", id: action.id, name: "ordersOf" }]);
      expect(body).toEqual({
        totalBytesProcessed: "1024",
        action: { ...action, row: { id: expect.any(String), definition: shown } },
      });
      expect((await world.must(key, "GetAction", { params })).body).toEqual(body.action);
      expect(await schemaOf("ordersOf_row")).toMatchObject({
        type: "object",
        properties: { id: { type: ["string", "null"], pattern: "^-?[0-9]+$" }, customer: { type: ["string", "null"] } },
        required: ["id", "customer"],
        additionalProperties: false,
      });
    });

    test("describes every type as it is answered", async () => {
      const query = `SELECT TRUE AS b, CAST(1.5 AS FLOAT64) AS f, CAST(1 AS NUMERIC) AS n, from_base64('AAEC') AS y, CAST('2024-01-01' AS DATE) AS d,
        CAST('2024-01-01T00:00:00Z' AS TIMESTAMP) AS t, CAST('{}' AS JSON) AS j, [1, 2] AS l,
        CAST(STRUCT(1, ['x']) AS STRUCT<a INT64, more ARRAY<STRING>>) AS s`;
      const { dryRun, schemaOf } = await draftWith(world, newQuery({ query, parameters: [] }));
      await dryRun();
      expect(await schemaOf("ordersOf_row")).toMatchObject({
        properties: {
          b: { type: ["boolean", "null"] },
          f: { type: ["number", "string", "null"] },
          n: { type: ["string", "null"] },
          y: { type: ["string", "null"], contentEncoding: "base64" },
          d: { type: ["string", "null"], format: "date" },
          t: { type: ["string", "null"], format: "date-time" },
          j: { description: "Any JSON." },
          l: { type: "array", items: { type: "string" } },
          s: { type: ["object", "null"], properties: { more: { type: "array", items: { type: "string" } } }, required: ["a", "more"] },
        },
      });
    });

    test("runs nothing, and sends neither a value nor a default", async () => {
      const { dryRun } = await draftWith(world);
      const [before, ran] = [bigQuery.asked.length, bigQuery.ran.length];
      await dryRun();
      expect(bigQuery.ran).toHaveLength(ran);
      expect(bigQuery.asked.slice(before)).toMatchObject([
        {
          path: "/projects/acme/queries",
          body: {
            dryRun: true,
            maximumBytesBilled: "5000000",
            requestId: expect.any(String),
            defaultDataset: { projectId: "acme", datasetId: "sales" },
            queryParameters: [
              { name: "customer", parameterType: { type: "STRING" }, parameterValue: { value: null } },
              { name: "count", parameterType: { type: "INT64" }, parameterValue: { value: null } },
            ],
          },
        },
      ]);
    });

    test("changes the definition when the rows are others, and nothing when they are the same", async () => {
      const { key, params, dryRun, definition, schemaOf } = await draftWith(world);
      const { body: first } = await dryRun();
      expect((await dryRun()).body).toEqual(first);
      const { id } = (await definition("ordersOf_row")).body;
      await world.must(key, "UpdateAction", {
        params,
        body: { ...first.action, query: "SELECT @customer AS who, @count AS many" } as never,
      });
      await dryRun();
      expect((await definition("ordersOf_row")).body.id).toBe(id);
      expect(await schemaOf("ordersOf_row")).toMatchObject({ required: ["who", "many"] });
    });

    test("of a statement without rows leaves the action without a description of them", async () => {
      const { dryRun } = await draftWith(world);
      await dryRun();
      bigQuery.instead = () => ({ status: 200, body: { jobComplete: true, totalBytesProcessed: "0" } });
      const { body } = await dryRun().finally(() => (bigQuery.instead = undefined));
      expect(body).toMatchObject({ totalBytesProcessed: "0" });
      expect(body.action).not.toHaveProperty("row");
    });

    test("names the definition as a definition may be named", async () => {
      const { dryRun } = await draftWith(world, newQuery({ name: `$orders${"x".repeat(193)}` }));
      expect((await dryRun()).body.action).toMatchObject({ row: { definition: { name: `_orders${"x".repeat(189)}_row` } } });
    });

    test("tells what BigQuery says of a query that it does not take, and changes nothing", async () => {
      const { dryRun, definition, key, params, action } = await draftWith(world, newQuery({ query: "SELEC @customer, @count" }));
      const refused = await dryRun();
      expect([refused.status, refused.error.code]).toEqual([422, "query_refused"]);
      expect(refused.error.message).toMatch(/^BigQuery refuses the query \(400 invalidQuery\): Parser Error: syntax error at or near/);
      expect((await definition("ordersOf_row")).status).toBe(404);
      expect((await world.must(key, "GetAction", { params })).body).toEqual(action);
    });

    test("does not repeat a token that BigQuery says back (V-7)", async () => {
      const { dryRun } = await draftWith(world);
      bigQuery.instead = () => failure(403, "accessDenied", `No access with ${bigQuery.token}\n.`);
      const { error } = await dryRun().finally(() => (bigQuery.instead = undefined));
      expect(error.message).toBe("BigQuery refuses the query (403 accessDenied): No access with ******** .");
    });

    test("is refused for what is no draft, no query, and not there", async () => {
      const { key, version, params, dryRun } = await draftWith(world);
      expect((await dryRun("prod")).status).toBe(404);
      const gone = { params: { ...params, action_name: "gone" }, body: { environment: "dev" } };
      expect((await world.send(key, "DryRunAction", gone)).status).toBe(404);
      await world.must(key, "PublishConnection", { params: version });
      const before = bigQuery.asked.length;
      expect((await dryRun()).error.code).toBe("version_published");
      expect(bigQuery.asked).toHaveLength(before);

      const { id } = await createConnection(world, smallConnection());
      const http = { connection_id: id, version: "1" };
      await world.must(key, "CreateAction", { params: http, body: newAction() });
      const sent = { params: { ...http, action_name: "createOrder" }, body: { environment: "dev" } };
      expect((await world.send(key, "DryRunAction", sent)).error.code).toBe("invalid_request");
    });

    test("counts for nothing when the query changed meanwhile", async () => {
      const { key, params, dryRun, action, definition } = await draftWith(world);
      bigQuery.instead = async () => {
        bigQuery.instead = undefined;
        await world.must(key, "UpdateAction", { params, body: { ...action, query: "SELECT @customer AS a, @count AS b" } as never });
        return undefined;
      };
      expect((await dryRun()).error.code).toBe("conflict");
      expect((await definition("ordersOf_row")).status).toBe(404);
    });
  },
  { beside },
);
