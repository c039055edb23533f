import { request as httpRequest } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { failure } from "../harness/bigquery.ts";
import { type BigQueryRig, bigQueryRig, bodyOf, preparedWith } from "./bigquery-rig.ts";
import { injections } from "./injection-corpus.ts";
import { canary } from "./rig.ts";

const numbers = (count: number) => `SELECT n FROM UNNEST(GENERATE_ARRAY(1, ${count})) AS n ORDER BY n`;
/** Waits go by at once. */
const doors = {
  random: () => 0,
  wait(_ms: number, go: () => void) {
    const timer = setImmediate(go);
    return () => clearImmediate(timer);
  },
};
/** Until `is` holds: what is waited for was begun already. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await turn();
}

describe("a query", () => {
  it("leaves with its parameters beside it, and with a limit, a time and a request id always (I-5)", async () => {
    const { query, bigQuery } = await bigQueryRig({ snapshot: { datasetId: "public-data.sales" } });
    const declared = [
      { name: "a", type: "INT64" as const },
      { name: "b", array: true },
    ];
    const { headers } = await query("SELECT @a AS a, @b AS b", { declared, parameters: { a: 7, b: ["x"] } });
    expect(bigQuery.asked).toMatchObject([{ method: "POST", path: "/projects/acme/queries" }]);
    expect(bigQuery.ran).toEqual([
      {
        query: "SELECT @a AS a, @b AS b",
        useLegacySql: false,
        parameterMode: "NAMED",
        queryParameters: [
          { name: "a", parameterType: { type: "INT64" }, parameterValue: { value: "7" } },
          { name: "b", parameterType: { type: "ARRAY", arrayType: { type: "STRING" } }, parameterValue: { arrayValues: [{ value: "x" }] } },
        ],
        maximumBytesBilled: "1000000",
        requestId: headers["mooring-request-id"],
        defaultDataset: { projectId: "public-data", datasetId: "sales" },
        timeoutMs: 10_000,
        jobTimeoutMs: expect.stringMatching(/^(2999\d\d|300000)$/),
        maxResults: 5_000,
        formatOptions: { useInt64Timestamp: true },
      },
    ]);
    expect(headers).toMatchObject({ "mooring-origin": "upstream", "content-type": "application/json; charset=utf-8" });
  });

  it.each([
    ["lowers the limit for itself", "999", "999"],
    ["cannot raise it", "1000001", "1000000"],
  ])("%s", async (_what, maximumBytesBilled, sent) => {
    const { query, bigQuery } = await bigQueryRig();
    await query("SELECT 1 AS a", { document: { maximumBytesBilled, location: "EU" } });
    expect(bigQuery.ran).toMatchObject([{ maximumBytesBilled: sent, location: "EU" }]);
  });

  it("takes every text for nothing but a value (I-5)", async () => {
    const { query, bigQuery } = await bigQueryRig();
    expect(injections.length).toBeGreaterThanOrEqual(60);
    const sql = "SELECT @p AS p, (SELECT COUNT(*) FROM UNNEST(@all) AS one WHERE one = @p) AS times";
    const declared = [{ name: "p" }, { name: "all", array: true }];
    for (const text of injections) {
      const { json } = await query(sql, { declared, parameters: { p: text, all: ["other", text] } });
      expect(json.rows).toEqual([{ p: text, times: "1" }]);
    }
    // What is sent as SQL is one and the same text, whatever the values.
    expect(new Set(bigQuery.ran.map((one) => one.query))).toEqual(new Set([sql]));
  });

  it("is sent only when every parameter is right, and says of each what is wrong", async () => {
    const { query, bigQuery } = await bigQueryRig();
    const { status, json } = await query("SELECT 1", {
      declared: [
        { name: "must", required: true },
        { name: "int", type: "INT64" },
        { name: "list", type: "DATE", array: true },
      ],
      parameters: { int: 9_007_199_254_740_992, list: ["2024-02-30", null, "2024-02-29"], more: 1, constructor: 2 },
    });
    expect(status).toBe(400);
    expect(json.fields?.map(({ field }) => field).toSorted()).toEqual([
      "parameters.constructor",
      "parameters.int",
      "parameters.list[0]",
      "parameters.list[1]",
      "parameters.more",
      "parameters.must",
    ]);
    expect(bigQuery.asked).toEqual([]);
  });

  it("fills in defaults, with the variables of the environment and of the call", async () => {
    const { query, bigQuery } = await bigQueryRig({
      snapshot: {
        variables: new Map([
          ["project", "acme"],
          ["region", "eu"],
        ]),
      },
    });
    const asked = {
      declared: [
        { name: "a", default: "{{ env.region }}-1", required: true },
        { name: "b", type: "INT64" as const, default: 5 },
        { name: "c", default: "{{ env.gone }}" },
      ],
      headers: ["Mooring-Variables", "gone=%7B%7B%20env.region%20%7D%7D&project=mallory"],
    };
    const { json } = await query("SELECT @a AS a, @b AS b, @c AS c", asked);
    expect(json.rows).toEqual([{ a: "eu-1", b: "5", c: "{{ env.region }}" }]);
    // Whoever calls does not choose who pays.
    expect(bigQuery.asked[0]?.path).toBe("/projects/acme/queries");
    const { status, error } = await query("SELECT @c AS c", { ...asked, headers: [] });
    expect([status, error.code]).toEqual([422, "template_unresolved"]);
  });

  it.each([
    {
      name: "of a service account",
      snapshot: { variables: new Map(), datasetId: "other.sales", ...accountOf("own-project") },
      project: "own-project",
    },
    { name: "of the dataset", snapshot: { variables: new Map(), datasetId: "example.com:other.sales" }, project: "example.com%3Aother" },
    { name: "of the environment before both", snapshot: { datasetId: "other.sales", ...accountOf("own-project") }, project: "acme" },
  ])("runs in the project $name", async ({ snapshot, project }) => {
    const { query, bigQuery } = await bigQueryRig({ snapshot });
    await query("SELECT 1 AS a");
    expect(bigQuery.asked.map(({ path }) => path)).toEqual([`/projects/${project}/queries`]);
  });

  it("is not sent when no project is known", async () => {
    const { query, bigQuery } = await bigQueryRig({ snapshot: { variables: new Map(), datasetId: "sales" } });
    const { status, error } = await query("SELECT 1 AS a");
    expect([status, error.code, bigQuery.asked.length]).toEqual([422, "template_unresolved", 0]);
  });
});

describe("the rows", () => {
  it("come page by page, as one answer", async () => {
    const { query, bigQuery } = await bigQueryRig();
    bigQuery.pageRows = 7;
    const { json } = await query(numbers(50));
    expect(json.rows.map(({ n }) => Number(n))).toEqual(Array.from({ length: 50 }, (_, at) => at + 1));
    expect(json.totalRows).toBe("50");
    expect(bigQuery.asked.slice(1).map((asked) => asked.query.pageToken)).toEqual([7, 14, 21, 28, 35, 42, 49].map((row) => `after-${row}`));
    expect(bigQuery.ran).toHaveLength(1);
  });

  it.each(["application/x-ndjson", "text/html, application/ndjson;q=0.9"])("come one in a line for Accept: %s", async (accept) => {
    const { query, bigQuery } = await bigQueryRig();
    bigQuery.pageRows = 2;
    const { body, headers } = await query(numbers(5), { headers: ["Accept", accept] });
    expect(headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
    expect(body.toString()).toBe('{"n":"1"}\n{"n":"2"}\n{"n":"3"}\n{"n":"4"}\n{"n":"5"}\n');
  });

  it("may be none, or none at all", async () => {
    const { query, bigQuery } = await bigQueryRig();
    expect((await query("SELECT 1 AS a WHERE false")).json).toMatchObject({ rows: [], totalRows: "0", schema: [{ name: "a" }] });
    bigQuery.instead = () => ({
      status: 200,
      body: { jobComplete: true, numDmlAffectedRows: "3", jobReference: { projectId: "acme", jobId: "j" } },
    });
    expect((await query("DELETE FROM a WHERE true")).json).toEqual({ schema: [], numDmlAffectedRows: "3", rows: [] });
  });

  it("are 100,000 without being held: two pages are in memory, however many there are", { timeout: 120_000 }, async () => {
    const { port, bigQuery } = await bigQueryRig();
    const [rows, pageRows, filling] = [100_000, 5_000, "x".repeat(200)];
    // Made when they are asked for, so that nobody else holds them.
    bigQuery.instead = ({ query: { pageToken = "0" } }) => {
      const from = Number(pageToken);
      const more = from + pageRows < rows ? { pageToken: String(from + pageRows) } : {};
      const page = Array.from({ length: pageRows }, (_, at) => ({ f: [{ v: String(from + at) }, { v: filling }] }));
      const schema = {
        fields: [
          { name: "n", type: "INTEGER" },
          { name: "filling", type: "STRING" },
        ],
      };
      return { status: 200, body: { jobComplete: true, jobReference: { projectId: "acme", jobId: "j" }, schema, rows: page, ...more } };
    };
    const heaps: number[] = [];
    let pieces = 0;
    const before = heapAfterCollection();
    const bytes = await read(port, "SELECT 1", () => {
      pieces += 1;
      if (pieces % 40 === 0) heaps.push(heapAfterCollection());
    });
    const inMiB = (value: number) => Math.round(value / 1024 / 1024);
    const most = Math.max(...heaps) - before;
    process.stdout.write(
      `${rows} rows, ${inMiB(bytes)} MiB in ${pieces} pieces: at most ${inMiB(most)} MiB more on the heap than before\n`,
    );
    expect(bytes).toBeGreaterThan(rows * filling.length);
    expect(bigQuery.asked).toHaveLength(rows / pageRows);
    // All of them would be 22 MiB as text, and several times that as rows.
    expect(most).toBeLessThan(16 * 1024 * 1024);
  });

  it("are asked for only as fast as the caller takes them", async () => {
    const { port, bigQuery } = await bigQueryRig();
    bigQuery.pageRows = 1_000;
    const asked: number[] = [];
    await read(port, `SELECT n, '${"x".repeat(5_000)}' AS filling FROM UNNEST(GENERATE_ARRAY(1, 20000)) AS n`, (taken) => {
      asked.push(bigQuery.asked.length - taken / 5_000_000);
    });
    // The one that is written, the one behind it, and what sockets hold.
    expect(Math.max(...asked)).toBeLessThan(6);
  });

  it("wait for each other where there is no room for more pages, and come all the same", async () => {
    const { query, bigQuery } = await bigQueryRig({ doors, heldBytesMax: 4_000 });
    bigQuery.pageRows = 50;
    const all = await Promise.all(Array.from({ length: 2 }, () => query(numbers(400))));
    for (const { json } of all) expect(json.rows).toHaveLength(400);
    const tight = await bigQueryRig({ doors, heldBytesMax: 1_000 });
    expect(await tight.query(numbers(400))).toMatchObject({ status: 503, error: { code: "overloaded" } });
    // What was taken for a page is given back, however its call ended.
    for (let time = 0; time < 5; time += 1) expect((await query(numbers(120))).json.rows).toHaveLength(120);
  });

  it("break off for the caller when the next page does not come, in both forms", async () => {
    for (const accept of ["application/json", "application/x-ndjson"]) {
      const { query, bigQuery, ended } = await bigQueryRig({ doors });
      bigQuery.pageRows = 1_000;
      bigQuery.instead = ({ query: { pageToken } }) => (pageToken === "after-3000" ? failure(500, "backendError", "Gone.") : undefined);
      await expect(query(numbers(5_000), { headers: ["Accept", accept] })).rejects.toThrow(/aborted|hang up/);
      await until(() => ended.length === 1);
      expect(ended[0]).toMatchObject({ outcome: "aborted", call: { code: "upstream_unreachable" } });
    }
  });

  it.each([
    ["a row that is not as its schema says", { rows: [{ f: [] }] }],
    ["no page but the very first", { rows: [], pageToken: "x", jobReference: undefined }],
  ])("break off at %s", async (_what, changes) => {
    const { query, bigQuery } = await bigQueryRig();
    const whole = {
      jobComplete: true,
      schema: { fields: [{ name: "a", type: "INTEGER" }] },
      jobReference: { projectId: "acme", jobId: "j" },
    };
    bigQuery.instead = () => ({ status: 200, body: { ...whole, ...changes } });
    await expect(query("SELECT 1 AS a")).rejects.toThrow(/aborted|hang up/);
  });
});

describe("a query that takes its time", () => {
  it("is asked for until it is complete", async () => {
    const { query, bigQuery } = await bigQueryRig({ doors });
    bigQuery.polls = 4;
    expect((await query("SELECT 1 AS a")).json.rows).toEqual([{ a: "1" }]);
    expect(bigQuery.asked.map(({ method }) => method)).toEqual(["POST", "GET", "GET", "GET", "GET"]);
    expect(bigQuery.asked[1]?.query).toEqual({
      "formatOptions.useInt64Timestamp": "true",
      location: "US",
      maxResults: "5000",
      timeoutMs: "10000",
    });
    expect(bigQuery.cancelled).toEqual([]);
  });

  it("ends with 504 at its deadline, and its job is cancelled", async () => {
    const { query, bigQuery } = await bigQueryRig();
    bigQuery.polls = Number.POSITIVE_INFINITY;
    const answer = await query("SELECT 1 AS a", { headers: ["Mooring-Timeout-Ms", "200"] });
    expect(answer).toMatchObject({ status: 504, error: { code: "upstream_timeout" }, headers: { "mooring-origin": "gateway" } });
    await until(() => bigQuery.cancelled.length === 1);
    expect(bigQuery.cancelled).toEqual(["job_1"]);
    expect(bigQuery.ran[0]?.timeoutMs).toBeLessThanOrEqual(200);
  });

  it.each([
    ["while it is asked for", false],
    ["before it is known which job it is", true],
  ])("is cancelled when the caller goes away %s", async (_when, isHeld) => {
    const { port, bigQuery, ended } = await bigQueryRig();
    bigQuery.polls = Number.POSITIVE_INFINITY;
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    if (isHeld) bigQuery.instead = ({ body }) => (body ? held : undefined);
    const sent = httpRequest({ port, host: "127.0.0.1", method: "POST", agent: false }).on("error", () => {});
    sent.end(bodyOf("SELECT 1 AS a", {}));
    await until(() => bigQuery.asked.length > (isHeld ? 0 : 1));
    sent.destroy();
    await until(() => ended.length === 1);
    release(undefined);
    await until(() => bigQuery.cancelled.length === 1);
    expect(ended[0]?.outcome).toBe("aborted");
    expect(bigQuery.cancelled).toEqual(["job_1"]);
  });
});

describe("what BigQuery refuses", () => {
  it.each([
    { status: 400, reason: "invalidQuery", message: "Syntax error: Unexpected end of script at [1:7]" },
    { status: 400, reason: "bytesBilledLimitExceeded", message: "Query exceeded limit for bytes billed: 1000000." },
    { status: 403, reason: "accessDenied", message: "Access Denied: Table acme:sales.orders" },
    { status: 403, reason: "quotaExceeded", message: "Quota exceeded" },
    { status: 404, reason: "notFound", message: "Not found: Dataset acme:sales" },
    { status: 501, reason: "notImplemented", message: "No." },
  ])("comes to the caller as it is: $status $reason", async ({ status, reason, message }) => {
    const { query, bigQuery, ended } = await bigQueryRig({ doors });
    bigQuery.instead = () => failure(status, reason, message, "q");
    const answer = await query("SELECT 1 AS a");
    expect(answer).toMatchObject({ status, headers: { "mooring-origin": "upstream" } });
    expect(answer.headers).not.toHaveProperty("mooring-attempts");
    expect(JSON.parse(answer.body.toString())).toEqual(failure(status, reason, message, "q").body);
    expect(bigQuery.asked).toHaveLength(1);
    await until(() => ended.length === 1);
    expect(ended[0]?.outcome).toBe("upstream");
  });

  it("is what DuckDB says of SQL that it cannot read", async () => {
    const { query } = await bigQueryRig();
    expect(await query("SELEC 1")).toMatchObject({ status: 400, json: { error: { errors: [{ reason: "invalidQuery", location: "q" }] } } });
  });

  it.each([
    [500, "backendError"],
    [502, "badGateway"],
    [503, "serviceUnavailable"],
    [429, "tooMany"],
    [403, "rateLimitExceeded"],
  ])("for now (%d %s) is asked again, and does not run twice", async (status, reason) => {
    const { query, bigQuery } = await bigQueryRig({ doors });
    let first = true;
    bigQuery.instead = async (asked) => {
      if (!first) return undefined;
      first = false;
      // It ran, and nobody was told.
      const again = await fetch(bigQuery.url + asked.path, {
        method: "POST",
        headers: { authorization: "Bearer good" },
        body: JSON.stringify(asked.body),
      });
      await again.text();
      return failure(status, reason, "Later.") as never;
    };
    const answer = await query("SELECT 1 AS a");
    expect(answer).toMatchObject({ status: 200, headers: { "mooring-attempts": "2" } });
    expect(new Set(bigQuery.asked.map(({ body }) => body?.requestId)).size).toBe(1);
    expect(bigQuery.ran).toHaveLength(1);
  });

  it("for good is given up on after as many tries as were asked for", async () => {
    for (const [headers, tries] of [
      [[], 3],
      [["Mooring-Retries", "0"], 1],
      [["Mooring-Retries", "5"], 6],
    ] as const) {
      const { query, bigQuery } = await bigQueryRig({ doors });
      bigQuery.instead = () => failure(503, "backendError", "Later.");
      expect(await query("SELECT 1 AS a", { headers: [...headers] })).toMatchObject({
        status: 503,
        headers: { "mooring-origin": "upstream" },
      });
      expect(bigQuery.asked).toHaveLength(tries);
    }
  });

  it("for its token is asked once more with a renewed one", async () => {
    const rigged: BigQueryRig = await bigQueryRig({ renew: async () => preparedWith("new", rigged.bigQuery.url) });
    rigged.bigQuery.token = "new";
    expect(await rigged.query("SELECT 1 AS a")).toMatchObject({ status: 200, headers: { "mooring-attempts": "2" } });
    expect(rigged.bigQuery.refused).toBe(1);
    rigged.bigQuery.token = `another ${canary}`;
    expect(await rigged.query("SELECT 1 AS a")).toMatchObject({ status: 401, headers: { "mooring-origin": "upstream" } });
  });

  it("is an answer without sense when it is not BigQuery's", async () => {
    const { query, bigQuery } = await bigQueryRig();
    for (const body of [
      [],
      "text",
      {},
      { jobComplete: "yes" },
      { jobComplete: false },
      { jobComplete: true, schema: { fields: [{ name: 1 }] } },
    ]) {
      bigQuery.instead = () => ({ status: 200, body });
      expect(await query("SELECT 1 AS a")).toMatchObject({ status: 502, error: { code: "upstream_unreachable" } });
    }
  });
});

describe("a repeat by the caller", () => {
  it("with the same Idempotency-Key does not run the query again, and with other values does", async () => {
    const { query, bigQuery } = await bigQueryRig();
    const asked = (a: string, key = "k1") => ({ declared: [{ name: "a" }], parameters: { a }, headers: ["Idempotency-Key", key] });
    for (const one of [asked("x"), asked("x"), asked("y"), asked("x", "k2")]) await query("SELECT @a AS a", one);
    expect(bigQuery.ran.map(({ queryParameters }) => queryParameters[0]?.parameterValue.value)).toEqual(["x", "y", "x"]);
    expect(bigQuery.ran.every(({ requestId }) => /^[0-9a-f]{32}$/.test(requestId))).toBe(true);
  });
});

function accountOf(project: string) {
  const file = Buffer.from(JSON.stringify({ type: "service_account", project_id: project })).toString("base64");
  const secrets = { type: "binary", valueBase64: { reveal: () => file } };
  return { credentials: [{ config: { schemeType: "google-service-account" }, secrets }] as never };
}

/** What is left of the heap when all that nobody needs is gone. */
function heapAfterCollection(): number {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  return process.memoryUsage().heapUsed;
}

/** Reads an answer piece by piece; `onPiece` is told how many bytes came so far. Gives how many came in all. */
function read(port: number, sql: string, onPiece: (bytes: number) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ port, host: "127.0.0.1", method: "POST", agent: false }, (response) => {
      let bytes = 0;
      response.on("data", (piece: Buffer) => {
        bytes += piece.length;
        onPiece(bytes);
      });
      response.on("end", () => resolve(bytes)).on("error", reject);
    });
    sent.on("error", reject).end(bodyOf(sql, {}));
  });
}
