import { expect, test } from "vitest";
import type { BigQuery } from "../harness/bigquery.ts";
import { besideBigQuery, createBigQueryConnection, newQuery } from "../harness/bigquery-world.ts";
import { onEachEngine, type World } from "../harness/world.ts";

let bigQuery: BigQuery;
const beside = async () => {
  const started = await besideBigQuery();
  bigQuery = started.bigQuery;
  return started;
};

/** A published version with one query, and ways to call it. */
async function published(world: World, query = newQuery(), { isPublished = true } = {}) {
  const key = await world.as("key");
  const { id } = await createBigQueryConnection(world);
  const params = { connection_id: id, version: "1" };
  const { body: action } = await world.must(key, "CreateAction", { params, body: query });
  if (isPublished) await world.must(key, "PublishConnection", { params });
  const to = (verb: string) => `/o/${key.org}/connections/${id}/environments/dev/actions/${query.name}/${verb}`;
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    world.raw(path, {
      method: "POST",
      headers: { ...key.headers, "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { key, params, action, to, post };
}

onEachEngine(
  "a query that is called",
  (world) => {
    test("answers its rows as JSON, and as lines, with the token of the service account", async () => {
      const { to, post } = await published(world);
      const whole = await post(to("invoke"), { parameters: { customer: "acme" } });
      expect([whole.status, whole.headers.get("mooring-origin")]).toEqual([200, "upstream"]);
      expect(JSON.parse(whole.text)).toEqual({
        schema: [
          { name: "id", type: "INT64", mode: "NULLABLE" },
          { name: "customer", type: "STRING", mode: "NULLABLE" },
        ],
        totalRows: "3",
        totalBytesProcessed: "1024",
        cacheHit: false,
        rows: [1, 2, 3].map((id) => ({ id: String(id), customer: "acme" })),
      });
      const lines = await post(to("invoke"), { parameters: { customer: "acme", count: 1 } }, { accept: "application/x-ndjson" });
      expect(lines.text).toBe('{"id":"1","customer":"acme"}\n');
      expect(bigQuery.ran.at(-1)).toMatchObject({
        maximumBytesBilled: "5000000",
        defaultDataset: { projectId: "acme", datasetId: "sales" },
      });
    });

    test("gets a number of the body with all its digits", async () => {
      const query = newQuery({ query: "SELECT @i AS i, @n AS n, @j AS j", parameters: ["INT64 i", "NUMERIC n", "JSON j"].map(declared) });
      const { to, post } = await published(world, query);
      const { text } = await post(
        to("invoke"),
        '{"parameters":{"i":9223372036854775807,"n":0.12345678901234567890e0,"j":{"a":12345678901234567890.5}}}',
      );
      expect(JSON.parse(text).fields).toEqual([{ field: "parameters.n", message: expect.stringContaining("decimal number") }]);
      const { text: exact } = await post(
        to("invoke"),
        '{"parameters":{"i":9223372036854775807,"n":12345678901234567890.123456789,"j":{"a":12345678901234567890.5}}}',
      );
      expect(exact).toContain('"rows":[{"i":"9223372036854775807","n":"12345678901234567890.123456789","j":{"a":12345678901234567890.5}}]');
    });

    test("is refused with every fault before anything is sent", async () => {
      const { to, post } = await published(world);
      const before = bigQuery.asked.length;
      for (const [body, fields] of [
        [{ parameters: { count: 1.5, more: 1 } }, ["parameters.more", "parameters.customer", "parameters.count"]],
        [{ parameters: [], body: 1, contentType: "x" }, ["body", "contentType", "parameters"]],
        [[], [""]],
      ] as const) {
        const { status, text } = await post(to("invoke"), body);
        expect([status, JSON.parse(text).fields.map(({ field }: { field: string }) => field)]).toEqual([400, fields]);
      }
      expect((await post(to("invoke"), "{")).text).toContain("malformed_body");
      expect((await post(to("invoke?validate=response"), { parameters: { customer: "x" } })).text).toContain('"field":"validate"');
      expect(bigQuery.asked).toHaveLength(before);
    });

    test("of a draft is called by the version's name, and not while it has an error", async () => {
      const { to, post } = await published(world, newQuery(), { isPublished: false });
      expect((await post(to("invoke"), { parameters: { customer: "x" } })).status).toBe(404);
      expect((await post(to("invoke?version=1"), { parameters: { customer: "x" } })).status).toBe(200);
      const wrong = await published(world, newQuery({ query: "SELECT '{{ param.customer }}', @customer, @count, @other" }), {
        isPublished: false,
      });
      expect(wrong.action.errors?.map(({ field, severity }) => [field, severity])).toEqual([
        ["/query", "error"],
        ["/query", "error"],
      ]);
      const refused = await wrong.post(wrong.to("invoke?version=1"), { parameters: { customer: "x" } });
      expect(JSON.parse(refused.text)).toMatchObject({ code: "action_incomplete", fields: [{ field: "/query" }, { field: "/query" }] });
    });

    test("is explained as the request that would leave, without the token", async () => {
      const { to, post } = await published(world);
      await post(to("invoke"), { parameters: { customer: "acme" } });
      const before = bigQuery.asked.length;
      const { status, text } = await post(to("explain"), { parameters: { customer: "acme", count: 2 } }, { "mooring-timeout-ms": "5000" });
      const explained = JSON.parse(text);
      expect([status, explained.wouldSend]).toEqual([200, true]);
      expect(explained.request).toMatchObject({ method: "POST", url: `${bigQuery.url}/projects/acme/queries` });
      expect(explained.request.headers).toContainEqual({ name: "Authorization", value: "Bearer ********" });
      expect(JSON.parse(explained.request.body.text)).toMatchObject({
        useLegacySql: false,
        timeoutMs: 5000,
        jobTimeoutMs: "5000",
        maximumBytesBilled: "5000000",
        queryParameters: [{ parameterValue: { value: "acme" } }, { parameterValue: { value: "2" } }],
      });
      expect(explained.deadlines.totalMs).toBe(5000);
      const wrong = JSON.parse((await post(to("explain"), { parameters: {} })).text);
      expect(wrong).toMatchObject({ wouldSend: false, problem: { code: "invalid_request" } });
      expect(bigQuery.asked).toHaveLength(before);
    });

    test("is kept in the record of calls by the request that it came to, without its content", async () => {
      const { key, to, post } = await published(world);
      const answer = await post(to("invoke"), { parameters: { customer: "acme" } });
      const requestId = answer.headers.get("mooring-request-id");
      await expect
        .poll(async () => (await world.must(key, "ListCalls", {})).body.items.find(({ id }) => id === requestId), { timeout: 10_000 })
        .toMatchObject({ method: "POST", path: "/projects/acme/queries", status: 200, origin: "upstream" });
    });

    test("reaches BigQuery's own API through the proxy as well", async () => {
      const { key, to } = await published(world);
      const { status, text } = await world.raw(to("").replace(/actions\/.*/, "proxy/projects/acme/queries/none"), {
        headers: { ...key.headers },
      });
      expect([status, JSON.parse(text).error.errors[0].reason]).toEqual([404, "notFound"]);
    });
  },
  { beside },
);

const declared = (text: string) => {
  const [type = "", name = ""] = text.split(" ");
  return { name, type: type as "JSON", required: false };
};
