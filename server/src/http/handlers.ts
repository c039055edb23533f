import type { IncomingHttpHeaders } from "node:http";
import type { AnswerOf, BodyOf, OperationId, Operations, ParamsOf, QueryOf, Scope } from "@mooring/contract";
import type { Call } from "../control/change.ts";
import type { Held } from "../control/readers.ts";
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

type Given<Answer> = Answer | Reply<Answer> | Pieces | Waiting<Answer> | EventStream;

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

/** An answer that waits for something to happen. It takes no place among the requests that are under way: whoever makes it bounds their number. */
export class Waiting<Answer> {
  readonly end: (held: Held) => Promise<Answer>;
  constructor(end: (held: Held) => Promise<Answer>) {
    this.end = end;
  }
}

/** The same for an answer of server-sent events, which goes on for as long as the caller stays. */
export class EventStream {
  readonly pieces: (held: Held) => AsyncGenerator<string, void, undefined>;
  constructor(pieces: (held: Held) => AsyncGenerator<string, void, undefined>) {
    this.pieces = pieces;
  }
}

/** One handler for each operation: a missing one does not compile. */
export type Handlers = { readonly [Id in OperationId]: Handler<Id> };
