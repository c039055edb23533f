import type { IncomingHttpHeaders } from "node:http";
import type { AnswerOf, BodyOf, OperationId, Operations, ParamsOf, QueryOf, Scope } from "@mooring/contract";
import type { Call } from "../control/change.ts";
import type { Caller } from "./authenticate.ts";

/** What a handler is given: all of it authenticated, allowed and valid. Who calls depends on what the operation lets in. */
export type Request<Id extends OperationId> = {
  readonly params: ParamsOf<Id>;
  readonly query: QueryOf<Id>;
  readonly body: BodyOf<Id>;
  readonly headers: IncomingHttpHeaders;
} & Calling<Operations[Id]["access"]>;

type Calling<Access> = Access extends Scope | "member"
  ? { readonly call: Call }
  : Access extends "signed-in"
    ? { readonly caller: Caller; readonly requestId: string; readonly idempotencyKey: string | undefined }
    : { readonly caller: Caller | undefined; readonly requestId: string };

export type Handler<Id extends OperationId> = (request: Request<Id>) => Promise<Given<AnswerOf<Id>>> | Given<AnswerOf<Id>>;

type Given<Answer> = Answer | Reply<Answer> | Pieces;

/** An answer that is more than its body: with a cookie, with a page for people in its place, or with a tag of more than it shows. */
export class Reply<Answer> {
  readonly body: Answer;
  readonly cookie: string | undefined;
  readonly page: { readonly status: number; readonly html: string } | undefined;
  readonly etag: string | undefined;
  constructor(
    body: Answer,
    { cookie, page, etag }: { cookie?: string; page?: { status: number; html: string } | undefined; etag?: string },
  ) {
    this.body = body;
    this.cookie = cookie;
    this.page = page;
    this.etag = etag;
  }
}

/** An answer that is too large to be in memory at once: the pieces of its JSON. */
export class Pieces {
  readonly text: AsyncIterable<string>;
  constructor(text: AsyncIterable<string>) {
    this.text = text;
  }
}

/** One handler for each operation: a missing one does not compile. */
export type Handlers = { readonly [Id in OperationId]: Handler<Id> };
