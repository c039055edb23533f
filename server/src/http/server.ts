import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { ImportRoom } from "../control/import-room.ts";
import { Problem } from "../kernel/errors.ts";
import { isUlid } from "../kernel/ids.ts";
import { parseBody } from "./body.ts";
import { limitBody } from "./body-deadline.ts";
import { createForms } from "./forms.ts";
import type { Handlers } from "./handlers.ts";
import { type LimitStats, limitRequests } from "./limit.ts";
import type { Listener } from "./listener.ts";
import { createProblemHandler } from "./problem.ts";
import { type RouteDeps, registerRoutes } from "./routes.ts";
import { createValidator } from "./validate.ts";

/** The part that takes calls before the control plane sees them: its path is too hot for a router. */
export interface FrontDoor {
  /** False, and nothing done, for what is the control plane's. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Whether nothing more on this connection may be acted on. */
  distrusts(socket: object): boolean;
}

export interface ServerDeps extends Omit<RouteDeps, "forms" | "validator"> {
  readonly listener: Listener;
  readonly handlers: Handlers;
  /** Asked in this order. */
  readonly doors: readonly FrontDoor[];
  readonly newRequestId: () => string;
  readonly importRoom: ImportRoom;
  /** Adds what is not an operation of the contract, and may show how much is under way: health, metrics, documents, console, sign-in. */
  readonly extras: (app: FastifyInstance, load: () => LimitStats) => void;
}

/** Serves the control plane on `listener`, and hands each of the other doors its calls. A body that is not there within 60 s is given up. */
export async function serveHttp(given: ServerDeps): Promise<FastifyInstance> {
  const { listener, handlers, doors, log, newRequestId, importRoom, extras, ...deps } = given;
  let control: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const app = Fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    // False: while closing, requests on connections that are still open are answered, not refused.
    return503OnClosing: false,
    genReqId: () => newRequestId(),
    requestIdHeader: false,
    trustProxy: false,
    routerOptions: { maxParamLength: 4096 },
    // An address that cannot be read never reaches the hooks.
    frameworkErrors: (_error, request, reply) => {
      addHeaders(request, reply as unknown as FastifyReply);
      createProblemHandler(log)(new Problem("not_found"), request, reply as never);
    },
    clientErrorHandler: answerUnreadable,
    serverFactory: (handle) => {
      control = handle;
      return listener.server;
    },
  });
  app.decorateRequest("known", undefined);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, bytes, done) => {
    try {
      done(null, bytes.length === 0 ? undefined : parseBody(bytes as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  app.setErrorHandler(createProblemHandler(log));
  app.setNotFoundHandler(() => {
    throw new Problem("not_found");
  });
  app.addHook("onSend", async (request, reply) => addHeaders(request, reply));
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
  extras(app, limitRequests(app, { requestsMax }));
  const validator = createValidator();
  // Not while it starts, when there is enough to do: until then, whatever is asked for first is readied by itself.
  const warming = setTimeout(() => void validator.warm(), warmAfterMs).unref();
  app.addHook("onClose", async () => clearTimeout(warming));
  registerRoutes(app, handlers, { ...deps, log, validator, forms: createForms(importRoom) });
  await app.ready();
  await listener.serve((request, response) => {
    // Closed after what came before on it; what comes behind that is nobody's request.
    if (!request.socket.writable) return;
    // First, because what one of them closes is not to be trusted by another either.
    if (doors.some((door) => door.distrusts(request.socket))) return;
    if (doors.some((door) => door.handle(request, response))) return;
    // RFC 9112 section 3.2.
    if (request.httpVersionMinor === 1 && request.headers.host === undefined) return answerUnreadable(new Error("no Host"), request.socket);
    limitBody(request);
    if (request.headers.expect !== undefined && request.httpVersionMinor === 1) response.writeContinue();
    return control(request, response);
  });
  return app;
}

/** Answers what is no HTTP request, or has headers beyond the limit, in the contract's shape, and closes the connection. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const isTooLong = error.code === "HPE_HEADER_OVERFLOW";
  const message = isTooLong ? "The address and the headers together are larger than 32 KiB." : "This is not a valid HTTP/1.1 request.";
  const body = JSON.stringify({ code: isTooLong ? "too_large" : "invalid_request", message });
  const status = isTooLong ? "431 Request Header Fields Too Large" : "400 Bad Request";
  const headers = `content-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\nconnection: close`;
  socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`, () => socket.destroy());
}

/** What every answer carries. Only what says otherwise itself may be kept by a cache. */
function addHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header("mooring-request-id", request.id).header("x-content-type-options", "nosniff").header("referrer-policy", "no-referrer");
  if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
}

const warmAfterMs = 5_000;
const bodyBytesMax = 1024 * 1024;
// Each may hold a body of 1 MiB; what is done with one takes milliseconds.
const requestsMax = 256;
