import { collectDefaultMetrics, type Metric, Registry } from "prom-client";
import { durationBoundsMs, type GatewayStats } from "../gateway/record.ts";
import type { CallWriterStats } from "../gateway/record-writer.ts";
import type { WebhookStats } from "../webhooks/webhooks.ts";

/** Where the figures come from. They are read when somebody asks: to count in prom-client would cost a call more than all of its record. */
export interface MetricSources {
  readonly record: { stats(): GatewayStats; rows(): CallWriterStats };
  readonly net: { stats(): { readonly pools: number; readonly connections: number; readonly calls: number } };
  /** Token requests since the start, by how they ended. */
  readonly tokens: { stats(): Readonly<Record<string, number>> };
  readonly gateway: { stats(): { readonly admission: { readonly waiting: number } } };
  readonly webhooks: { stats(): WebhookStats };
  readonly listener: { stats(): { readonly connections: number; readonly refused: number } };
}

/** All metrics of this process in one registry, so that those of several processes can be added up. None names an organisation or connection. */
export function createMetrics({ record, net, tokens, gateway, webhooks, listener }: MetricSources): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "mooring_" });
  const add = (type: "counter" | "gauge" | "histogram", name: string, help: string, read: () => Sample[]) =>
    registry.registerMetric(sampled({ type, name: `mooring_${name}`, help }, read));

  add("counter", "calls_total", "Calls through the gateway that ended, by whose answer it was and its status.", () =>
    endedOf(record.stats()),
  );
  add("gauge", "calls_in_flight", "Calls through the gateway that have not ended.", () => one(record.stats().inFlight));
  add("histogram", "call_duration_seconds", "From the arrival of a call to the end of its answer.", () => durationsOf(record.stats()));
  add("counter", "call_attempts_total", "Requests sent to outside systems.", () => one(record.stats().attempts));
  add("counter", "call_refusals_total", "Calls that went wrong, by the code of the problem.", () => by("code", record.stats().problems));
  add("gauge", "call_rows_waiting", "Calls that wait to be written to the record.", () => one(record.rows().waiting));
  add("counter", "call_rows_written_total", "Calls written to the record.", () => one(record.rows().written));
  add("counter", "call_rows_dropped_total", "Calls that are missing in the record: too many waited.", () => one(record.rows().dropped));
  add("counter", "call_row_batches_total", "Transactions that wrote calls to the record.", () => one(record.rows().batches));
  add("gauge", "pool_origins", "Outside systems with a pool of connections, counted for each organisation.", () => one(net.stats().pools));
  add("gauge", "pool_connections", "Open connections to outside systems.", () => one(net.stats().connections));
  add("gauge", "pool_calls", "Requests to outside systems that are under way or wait for a connection.", () => one(net.stats().calls));
  add("counter", "token_renewals_total", "Token requests, by how they ended.", () => by("result", tokens.stats()));
  add("gauge", "calls_waiting", "Calls that wait for their turn.", () => one(gateway.stats().admission.waiting));
  add("counter", "events_total", "Requests to triggers, by how they ended.", () => by("outcome", webhooks.stats().outcomes));
  add("gauge", "events_waiting", "Events that wait to be committed.", () => one(webhooks.stats().waiting));
  add("counter", "event_batches_total", "Transactions that kept events.", () => one(webhooks.stats().batches));
  add("counter", "deliveries_total", "Attempts to deliver events, by what became of the delivery: waiting is for another attempt.", () =>
    by("state", webhooks.stats().delivery.ended),
  );
  add("counter", "delivery_attempts_total", "Events sent to destinations.", () => one(webhooks.stats().delivery.attempts));
  add("gauge", "deliveries_in_flight", "Events that are being sent to destinations.", () => one(webhooks.stats().delivery.sending));
  add("gauge", "deliveries_claimed", "Deliveries that this process holds and has not sent yet.", () =>
    one(webhooks.stats().delivery.queued),
  );
  add("gauge", "deliveries_unwritten", "Attempts whose end is not written down yet.", () => one(webhooks.stats().delivery.unwritten));
  add("gauge", "delivery_body_bytes", "Memory for the bodies of claimed deliveries.", () => one(webhooks.stats().delivery.bytes));
  add("gauge", "destinations_active", "Destinations that had something to send lately.", () => one(webhooks.stats().delivery.destinations));
  add("gauge", "connections", "Open connections of callers.", () => one(listener.stats().connections));
  add("counter", "connections_refused_total", "Connections closed at once: too many were open.", () => one(listener.stats().refused));
  return registry;
}

interface Sample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

/** A metric whose values are read when it is asked for. In the shape that prom-client's registry takes, which its types know only as its own classes. */
function sampled(about: { type: string; name: string; help: string }, read: () => Sample[]): Metric {
  return { ...about, aggregator: "sum", get: async () => ({ ...about, aggregator: "sum", values: read() }) } as unknown as Metric;
}

const one = (value: number): Sample[] => [{ value, labels: {} }];

const by = (label: string, counts: Readonly<Record<string, number>>): Sample[] =>
  Object.entries(counts).map(([name, value]) => ({ value, labels: { [label]: name } }));

function endedOf({ byStatus }: GatewayStats): Sample[] {
  return Object.entries(byStatus).map(([name, value]) => {
    const [origin = "", digit] = name.split(" ");
    return { value, labels: { origin, status: digit === "0" ? "none" : `${digit}xx` } };
  });
}

/** In Prometheus' form: each bucket holds all that took no longer than its bound. */
function durationsOf({ durations, durationsMs }: GatewayStats): Sample[] {
  const metricName = "mooring_call_duration_seconds";
  let upTo = 0;
  const buckets = durations.map((count, at) => {
    upTo += count;
    const bound = durationBoundsMs[at];
    return { value: upTo, labels: { le: bound === undefined ? "+Inf" : bound / 1000 }, metricName: `${metricName}_bucket` };
  });
  return [
    ...buckets,
    { value: durationsMs / 1000, labels: {}, metricName: `${metricName}_sum` },
    { value: upTo, labels: {}, metricName: `${metricName}_count` },
  ];
}
