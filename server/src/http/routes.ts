import { Readable } from "node:stream";
import { type Operation, type OperationId, operations, pathParameters } from "@mooring/contract";
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from "fastify";
import type { Call } from "../control/change.ts";
import { AnsweredBefore } from "../control/once.ts";
import { type Actor, requireScope } from "../domain/actor.ts";
import { etagOf } from "../domain/etag.ts";
import { Problem } from "../kernel/errors.ts";
import { isUlid } from "../kernel/ids.ts";
import type { Log } from "../kernel/log.ts";
import type { Authenticator, Caller } from "./authenticate.ts";
import type { Forms } from "./forms.ts";
import { EventStream, type Handlers, Pieces, Reply, Waiting } from "./handlers.ts";
import { hold, sendEvents } from "./held.ts";
import { pageHeaders } from "./page.ts";
import type { Validator } from "./validate.ts";

export interface RouteDeps {
  readonly authenticator: Authenticator;
  readonly validator: Validator;
  readonly forms: Forms;
  readonly log: Log;
  /** Makes a POST with an Idempotency-Key happen once. */
  readonly once: (actor: Actor, repeatable: { key: string; request: string }) => Promise<NonNullable<Call["once"]>>;
}

/**
 * Gives every operation of the contract its route. Each request passes the same gates in the same order: who is it, may they, is what
 * they send valid, then the handler. An operation without declared access does not exist.
 */
export function registerRoutes(app: FastifyInstance, handlers: Handlers, deps: RouteDeps): void {
  const forms: OperationId[] = [];
  for (const [id, operation] of Object.entries(operations) as [OperationId, Operation][]) {
    if (operation.bodyType) forms.push(id);
    else app.route(routeOf(id, handlers, deps));
  }
  app.register(async (place) => {
    takeForms(place);
    for (const id of forms) place.route(routeOf(id, handlers, deps));
  });
}

function routeOf(id: OperationId, handlers: Handlers, deps: RouteDeps): RouteOptions {
  const operation: Operation = operations[id];
  return {
    method: operation.method,
    url: operation.path.replaceAll(/\{(\w+)\}/g, ":$1"),
    onRequest: async (request) => {
      request.known = await admit(request, operation, deps);
    },
    handler: async (request, reply) => {
      const { seen, what } = operation.bodyType ? await readParts(request, reply, deps) : bodyOf(request);
      deps.validator.check(id, { query: request.query, body: seen });
      const answer = await answerOf(handlers[id] as (given: unknown) => unknown, request, { ...deps, what });
      const again = async () => (await admit(request, operation, deps)).actor as Actor;
      const onFault = (error: Error) => deps.log.error("internal", { requestId: request.id, method: request.method, error });
      if (answer instanceof EventStream) return sendEvents(reply, answer, { again, onFault });
      return sendAnswer(reply, operation, answer instanceof Waiting ? await answer.end(hold(reply, again)) : answer);
    },
  };
}

/** In this place the body is a form, which the handler reads: whoever may not call has sent it in vain, and it takes no memory. */
function takeForms(place: FastifyInstance): void {
  place.removeAllContentTypeParsers();
  place.addContentTypeParser("multipart/form-data", (_request, _body, done) => done(null));
  place.addContentTypeParser("*", () => {
    throw new Problem("unsupported_media_type", { message: "Send the body as multipart/form-data." });
  });
}

/** A body as the contract is held against it, and what tells a repeated request from another. */
interface ReadBody {
  readonly seen: unknown;
  readonly what: () => string;
}

const bodyOf = ({ body }: FastifyRequest): ReadBody => ({ seen: body, what: () => JSON.stringify(body ?? null) });

/** Makes the parts of a form the request's body. Of a file, the contract says nothing that its bytes could be held against. */
async function readParts(request: FastifyRequest, reply: FastifyReply, { forms }: RouteDeps): Promise<ReadBody> {
  const { organisation_id: org = "" } = request.params as { organisation_id?: string };
  const { digest, ...parts } = await forms.read(request.raw, reply.raw, org);
  request.body = parts;
  return { seen: parts.file ? { ...parts, file: "" } : parts, what: () => digest };
}

/** Who calls, once it is certain that they may. `caller` is absent only for operations that everybody may call. */
interface Known {
  readonly caller: Caller | undefined;
  readonly actor: Actor | undefined;
}

declare module "fastify" {
  interface FastifyRequest {
    known: Known | undefined;
  }
}

async function admit(request: FastifyRequest, { access }: Operation, { authenticator }: RouteDeps): Promise<Known> {
  const params = request.params as Record<string, string>;
  if (access === "public") {
    requireKnownIds(params);
    return { caller: await authenticator.identify(request).catch(asStranger), actor: undefined };
  }
  if (access === "signed-in") return { caller: await authenticator.identify(request), actor: undefined };
  const actor = await authenticator.actorFor(request, params.organisation_id ?? "");
  requireKnownIds(params);
  if (access !== "member") requireScope(actor, access);
  return { caller: undefined, actor };
}

// A malformed id answers like an unknown one. What may be a name may be any text, but the engines keep no NUL.
function requireKnownIds(params: Record<string, string>): void {
  for (const [name, value] of Object.entries(params)) {
    const { format } = pathParameters[name as keyof typeof pathParameters] as { format?: string };
    if (format !== "ulid" ? value.includes("\0") : !isUlid(value)) throw new Problem("not_found");
  }
}

function asStranger(error: unknown): undefined {
  if (error instanceof Problem && error.code === "unauthenticated") return undefined;
  throw error;
}

async function answerOf(handler: (given: unknown) => unknown, request: FastifyRequest, deps: Answering): Promise<unknown> {
  const { params, query, body, headers, known, id: requestId } = request;
  const given = { params, query, body, headers };
  if (!known?.actor) return handler({ ...given, caller: known?.caller, requestId, idempotencyKey: keyOf(request) });
  const call = await callOf(request, known.actor, deps);
  try {
    return await handler({ ...given, call });
  } catch (error) {
    if (error instanceof AnsweredBefore) return error.answer;
    throw error;
  }
}

type Answering = Pick<RouteDeps, "once"> & Pick<ReadBody, "what">;

async function callOf(request: FastifyRequest, actor: Actor, { once, what }: Answering): Promise<Call> {
  const ifMatch = request.headers["if-match"];
  const key = keyOf(request);
  const call = { actor, requestId: request.id, ...(ifMatch === undefined ? {} : { ifMatch }) };
  if (key === undefined) return call;
  return { ...call, once: await once(actor, { key, request: `${request.method} ${request.url}\n${what()}` }) };
}

/** The Idempotency-Key of a POST; other methods may be repeated as they are. */
function keyOf({ method, headers }: FastifyRequest): string | undefined {
  const key = headers["idempotency-key"];
  if (method !== "POST" || key === undefined) return undefined;
  if (typeof key === "string" && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new Problem("invalid_request", { message: "An Idempotency-Key is 1 to 255 printable ASCII characters without spaces." });
}

function sendAnswer(reply: FastifyReply, operation: Operation, answer: unknown): FastifyReply {
  if (answer instanceof Reply) {
    if (answer.cookie !== undefined) reply.header("set-cookie", answer.cookie);
    if (answer.etag !== undefined) reply.header("etag", answer.etag);
    if (!answer.page) return sendAnswer(reply, operation, answer.body);
    return reply.code(answer.page.status).headers(pageHeaders).send(answer.page.html);
  }
  const { success } = operation;
  reply.code(success.status);
  if (answer instanceof Pieces) return reply.type("application/json; charset=utf-8").send(streamOf(answer));
  if (!success.body) return reply.send();
  if (success.type) return reply.type(`${success.type}; charset=utf-8`).send(answer);
  const { text, etag } = written(answer, operation);
  if (etag !== undefined && !reply.hasHeader("etag")) reply.header("etag", etag);
  return reply.type("application/json; charset=utf-8").send(text);
}

/** Ends when it is not taken in time: until then, what it is made of stays in memory. */
function streamOf({ text }: Pieces): Readable {
  const stream = Readable.from(text, { objectMode: false });
  const timer = setTimeout(() => stream.destroy(new Error("The answer was not taken in time.")), takenWithinMs);
  return stream.once("close", () => clearTimeout(timer));
}

const takenWithinMs = 300_000;

interface Written {
  readonly text: string;
  readonly etag: string | undefined;
}

/** An answer as it is sent. That of a frozen one, which can never change, is kept for as long as the answer itself is. */
function written(answer: unknown, operation: Operation): Written {
  if (typeof answer !== "object" || answer === null || !Object.isFrozen(answer)) return write(answer, operation);
  const known = kept.get(answer);
  if (known) return known;
  const fresh = write(answer, operation);
  kept.set(answer, fresh);
  return fresh;
}

const kept = new WeakMap<object, Written>();

function write(answer: unknown, operation: Operation): Written {
  const text = JSON.stringify(answer);
  return { text, etag: isNoun(answer, operation) ? etagOf(answer, text) : undefined };
}

/** Whether the answer is a single resource as a GET would give it: what a POST shows once beside it (a key, an address) is no part of it. */
function isNoun(answer: unknown, { method }: Operation): boolean {
  if (typeof answer !== "object" || answer === null || !("id" in answer)) return false;
  return method !== "POST" || !("key" in answer || "url" in answer);
}
