import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import Fastify, { type FastifyInstance } from "fastify";
import { Problem } from "../kernel/errors.ts";
import { isUlid } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import { parseBody } from "./body.ts";
import type { Handlers } from "./handlers.ts";
import { createProblemHandler } from "./problem.ts";
import { type RouteDeps, registerRoutes } from "./routes.ts";

/** The part that takes calls before the control plane sees them: its path is too hot for a router. */
export interface FrontDoor {
  matches(url: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

export interface ServerDeps extends RouteDeps {
  readonly handlers: Handlers;
  readonly gateway: FrontDoor;
  readonly log: Log;
  readonly newRequestId: () => string;
  /** Adds what is not an operation of the contract: health, metrics, documents, console, sign-in. */
  readonly extras: (app: FastifyInstance) => void;
}

/**
 * The HTTP server: not listening yet. Every wait of a peer has an end: headers 10 s, a whole request 60 s unless the gateway took it
 * over, an idle connection 72 s, longer than common balancers keep one, so that they never send into a closing socket.
 */
export function createHttpServer({ handlers, gateway, log, newRequestId, extras, ...deps }: ServerDeps): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    keepAliveTimeout: 72_000,
    // False: while closing, requests on connections that are still open are answered, not refused.
    return503OnClosing: false,
    genReqId: () => newRequestId(),
    requestIdHeader: false,
    trustProxy: false,
    routerOptions: { maxParamLength: 4096 },
    frameworkErrors: (_error, _request, reply) => void createProblemHandler(log)(new Problem("not_found"), _request, reply as never),
    serverFactory: (handle) => createNodeServer(gateway, handle as (request: IncomingMessage, response: ServerResponse) => void),
  });
  app.decorateRequest("known", undefined);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, text, done) => {
    try {
      done(null, text === "" ? undefined : parseBody(text as string));
    } catch (error) {
      done(error as Error);
    }
  });
  app.setErrorHandler(createProblemHandler(log));
  app.setNotFoundHandler(() => {
    throw new Problem("not_found");
  });
  app.addHook("onSend", async (request, reply) => {
    reply.header("mooring-request-id", request.id).header("x-content-type-options", "nosniff").header("referrer-policy", "no-referrer");
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
  });
  app.addHook("onResponse", async (request, reply) => {
    const { organisation_id: organisation } = (request.params ?? {}) as { organisation_id?: string };
    log.debug("request", {
      requestId: request.id,
      method: request.method,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      ...(organisation !== undefined && isUlid(organisation) ? { organisation } : {}),
    });
  });
  extras(app);
  registerRoutes(app, handlers, deps);
  return app;
}

const bodyBytesMax = 1024 * 1024;

function createNodeServer(gateway: FrontDoor, handle: (request: IncomingMessage, response: ServerResponse) => void): Server {
  const server = createServer(
    // The gateway sets its own deadlines: a long upload is not a slow request. Its headers still have theirs.
    { headersTimeout: 10_000, requestTimeout: 0, maxHeaderSize: 32 * 1024, connectionsCheckingInterval: 5_000, insecureHTTPParser: false },
    (request, response) => {
      if (gateway.matches(request.url ?? "")) return gateway.handle(request, response);
      request.setTimeout(requestIdleMs, () => request.destroy());
      return handle(request, response);
    },
  );
  return server;
}

const requestIdleMs = 60_000;
