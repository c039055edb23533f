import { openApiDocument } from "@mooring/contract";
import type { FastifyInstance } from "fastify";
import { AggregatorRegistry } from "prom-client";
import { documentPage } from "./docs.ts";
import { createMetrics, type MetricSources } from "./metrics.ts";

/** The other processes of a Mooring that has several. */
export interface Siblings {
  /** False until all have started. */
  areReady(): boolean;
  /** Says what to give when one of them asks for this process's metrics. */
  share(own: () => Promise<object[]>): void;
  /** The metrics of each process that answers in time, this one's too. */
  metrics(): Promise<object[][]>;
}

/**
 * What operators and readers ask for: health, readiness, metrics, the OpenAPI document and its browsable form. `isClosing` makes the
 * server unready before it goes, so that a balancer looks elsewhere (L-3).
 */
export function registerService(app: FastifyInstance, { ping, version, publicUrl, isClosing, sources, siblings }: ServiceDeps): void {
  const document = openApiDocument({ version, serverUrl: publicUrl.origin });
  const documentText = JSON.stringify(document);
  const page = documentPage(document);
  const registry = createMetrics(sources);

  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    if (isClosing()) return reply.code(503).send({ status: "closing" });
    if (siblings?.areReady() === false) return reply.code(503).send({ status: "starting" });
    await ping();
    return { status: "ready" };
  });
  siblings?.share(() => registry.getMetricsAsJSON());
  app.get("/metrics", async (_request, reply) => {
    const whole = siblings ? AggregatorRegistry.aggregate(await siblings.metrics()) : registry;
    return reply.type(registry.contentType).send(await whole.metrics());
  });
  app.get("/openapi.json", async (_request, reply) => reply.type("application/json; charset=utf-8").send(documentText));
  app.get("/docs", async (_request, reply) => {
    reply.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'");
    return reply.type("text/html; charset=utf-8").send(page);
  });
}

export interface ServiceDeps {
  readonly ping: () => Promise<void>;
  readonly version: string;
  readonly publicUrl: URL;
  readonly isClosing: () => boolean;
  readonly sources: MetricSources;
  readonly siblings?: Siblings | undefined;
}
