import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import type { Held } from "../control/readers.ts";
import type { Actor } from "../domain/actor.ts";
import type { EventStream } from "./handlers.ts";
import { leavePlace } from "./limit.ts";

/** Holds a request whose answer takes long: it gives its place back. `again` asks at the door who calls. */
export function hold({ raw }: FastifyReply, again: () => Promise<Actor>): Held {
  leavePlace(raw);
  const gone = new AbortController();
  const end = () => gone.abort();
  if (raw.destroyed) end();
  else raw.once("close", end);
  return { signal: gone.signal, actor: again };
}

/** Sends server-sent events. What is refused before the first piece is an answer like any other; a fault behind it is told to `onFault`, and cuts the answer off. */
export async function sendEvents(reply: FastifyReply, { pieces }: EventStream, deps: SendDeps): Promise<FastifyReply> {
  const made = pieces(hold(reply, deps.again));
  const first = await made.next();
  // Proxies that collect an answer before they pass it on know this header (nginx, ngx_http_proxy_module).
  reply.type("text/event-stream; charset=utf-8").header("x-accel-buffering", "no");
  return reply.send(streamOf(first, made, deps));
}

export interface SendDeps {
  readonly again: () => Promise<Actor>;
  readonly onFault: (error: Error) => void;
  /** How long a piece may lie until it is taken; a minute when left out. */
  readonly takenWithinMs?: number;
}

type Made = AsyncGenerator<string, void, undefined>;

/** Asks for the next piece only when the one before it was taken, and gives up who takes none for long. */
function streamOf(first: IteratorResult<string, void>, made: Made, { onFault, takenWithinMs = 60_000 }: SendDeps): Readable {
  let given: IteratorResult<string, void> | undefined = first;
  let timer: NodeJS.Timeout | undefined;
  return new Readable({
    highWaterMark: 1,
    read() {
      clearTimeout(timer);
      const next = given ? Promise.resolve(given) : made.next();
      given = undefined;
      next.then(
        ({ value, done }) => {
          if (!done) timer = setTimeout(() => this.destroy(new Error("The events were not taken in time.")), takenWithinMs);
          this.push(done ? null : value);
        },
        (error: Error) => {
          onFault(error);
          this.destroy(error);
        },
      );
    },
    destroy(error, done) {
      clearTimeout(timer);
      // It ends where it waits, as the request's signal does, and gives back what it holds.
      made.return().then(
        () => done(error),
        () => done(error),
      );
    },
  });
}
