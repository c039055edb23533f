import { openApiDocument } from "@mooring/contract";
import type { FastifyInstance } from "fastify";
import { documentPage } from "./docs.ts";
import { createMetrics, type MetricSources } from "./metrics.ts";

/**
 * What operators and readers ask for: health, readiness, metrics, the OpenAPI document and its browsable form. `isClosing` makes the
 * server unready before it goes, so that a balancer looks elsewhere (L-3).
 */
export function registerService(app: FastifyInstance, { ping, version, publicUrl, isClosing, sources }: ServiceDeps): void {
  const document = openApiDocument({ version, serverUrl: publicUrl.origin });
  const documentText = JSON.stringify(document);
  const page = documentPage(document);
  const registry = createMetrics(sources);

  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    if (isClosing()) return reply.code(503).send({ status: "closing" });
    await ping();
    return { status: "ready" };
  });
  app.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
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
}
