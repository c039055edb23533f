import { AggregatorRegistry } from "prom-client";
import { expect, test } from "vitest";
import { createRecord } from "../../src/gateway/record.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import { createConnection, smallConnection } from "../harness/samples.ts";
import { onEachEngine } from "../harness/world.ts";

const figureOf = (text: string, series: string) =>
  Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length),
  );

onEachEngine("the record of a running Mooring", (world) => {
  test("counts calls in the metrics, naming nobody, and lists them", async () => {
    const key = await world.as("key");
    // A private address: nothing is sent, and the gateway says so.
    const { id } = await createConnection(world, smallConnection({ baseUrl: "http://127.0.0.1:1" }));
    const before = (await world.raw("/metrics")).text;
    const call = () => world.raw(`/o/${key.org}/connections/${id}/environments/dev/proxy/orders?page=2`, { headers: key.headers });
    const answers = await Promise.all(Array.from({ length: 20 }, call));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    expect((await world.raw(`/o/${key.org}/connections/${id}/environments/dev/proxy/`)).status).toBe(401);

    const after = (await world.raw("/metrics")).text;
    const more = (series: string) => figureOf(after, series) - figureOf(before, series);
    expect(more('mooring_calls_total{origin="gateway",status="4xx"}')).toBe(21);
    expect(more("mooring_call_duration_seconds_count")).toBe(21);
    expect(more('mooring_call_duration_seconds_bucket{le="+Inf"}')).toBe(21);
    expect(figureOf(after, 'mooring_call_refusals_total{code="egress_denied"}')).toBe(20);
    expect(figureOf(after, 'mooring_call_refusals_total{code="unauthenticated"}')).toBe(1);
    expect(figureOf(after, "mooring_calls_in_flight")).toBe(0);
    for (const identity of [key.org, id]) expect(after).not.toContain(identity);

    const list = async () => (await world.must(key, "ListCalls", { query: { connection: id, first: 100 } })).body.items;
    await expect.poll(async () => (await list()).length, { timeout: 20_000 }).toBe(20);
    expect((await list())[0]).toMatchObject({ path: "/orders?page=", status: 403, code: "egress_denied", connectionId: id });
  });
});

test("the metrics of several processes add up", async () => {
  const metricsOf = async (calls: number) => {
    const record = createRecord();
    for (let at = 0; at < calls; at += 1) record.begin();
    const rows = () => ({ waiting: 1, written: calls, dropped: 0, batches: 1 });
    const sources = { record: { ...record, rows }, net: { stats: () => ({ pools: 1, connections: 2, calls }) } };
    const tokens = { stats: () => ({ renewed: calls }) };
    const gateway = { stats: () => ({ admission: { waiting: calls } }) };
    const ended = { delivered: calls, waiting: 0, dead: 0, skipped: 0 };
    const delivery = { attempts: calls, ended, queued: 0, sending: 0, unwritten: 0, bytes: 0, destinations: 0, polls: 0 };
    const webhooks = { stats: () => ({ outcomes: { kept: calls }, waiting: 0, batches: calls, delivery }) };
    const listener = { stats: () => ({ connections: calls, refused: 0 }) };
    return createMetrics({ ...sources, tokens, gateway, webhooks, listener }).getMetricsAsJSON();
  };
  const text = await AggregatorRegistry.aggregate([await metricsOf(2), await metricsOf(3)]).metrics();
  expect(figureOf(text, "mooring_calls_in_flight")).toBe(5);
  expect(figureOf(text, "mooring_call_rows_written_total")).toBe(5);
  expect(figureOf(text, "mooring_pool_connections")).toBe(4);
  expect(figureOf(text, 'mooring_token_renewals_total{result="renewed"}')).toBe(5);
  expect(figureOf(text, 'mooring_call_duration_seconds_bucket{le="0.001"}')).toBe(0);
  expect(figureOf(text, 'mooring_deliveries_total{state="delivered"}')).toBe(5);
});
