import type { Net, NetCall, NetRequest } from "../net/net.ts";
import type { UpstreamHeaders } from "../protocols/http/response-headers.ts";
import type { Receiver, Wire } from "./relay.ts";

/** What becomes of an answer: it goes to the caller, waits until that is known, or is thrown away because the call is sent again. */
export type Fate = "passed" | "held" | "dropped";

/** Who decides about attempts. */
export interface Judge {
  /** Called once for the head of an answer. */
  answered(status: number, headers: UpstreamHeaders): Fate;
  /** Called once when there will be no head, or no rest of a held answer. `isSent` tells whether anything may have left. */
  failed(error: Error, isSent: boolean): void;
}

/** One attempt of a call: passes its answer to the relay, holds it back or throws it away, as its judge says. */
export class Attempt {
  readonly #relay: Receiver;
  readonly #judge: Judge;
  #exchange: NetCall | undefined;
  #fate: Fate | undefined;
  #isSent = false;
  #held: { readonly wire: Wire; readonly status: number; readonly headers: UpstreamHeaders } | undefined;
  #droppedBytes = 0;

  constructor(relay: Receiver, judge: Judge) {
    this.#relay = relay;
    this.#judge = judge;
  }

  send(net: Pick<Net, "dispatch">, request: NetRequest): void {
    this.#exchange = net.dispatch(request, this);
  }

  abort(reason: Error): void {
    this.#exchange?.abort(reason);
  }

  /** Gives a held answer to the caller after all. */
  pass(): void {
    if (!this.#held) return;
    const { wire, status, headers } = this.#held;
    this.#fate = "passed";
    this.#relay.onResponseStart(wire, status, headers);
    wire.resume();
  }

  /** Throws a held answer away. */
  drop(): void {
    this.#fate = "dropped";
    this.#held?.wire.resume();
  }

  onRequestStart(): void {
    this.#isSent = true;
  }

  onResponseStart(wire: Wire, status: number, headers: UpstreamHeaders): void {
    this.#fate = this.#judge.answered(status, headers);
    if (this.#fate === "passed") this.#relay.onResponseStart(wire, status, headers);
    if (this.#fate !== "held") return;
    this.#held = { wire, status, headers };
    wire.pause();
  }

  onResponseData(wire: Wire, piece: Buffer): void {
    if (this.#fate === "passed") {
      this.#relay.onResponseData(wire, piece);
      return;
    }
    // Read to its end, a small answer leaves the connection to the next attempt; a large one is not worth the wait.
    this.#droppedBytes += piece.length;
    if (this.#droppedBytes > droppedBytesMax) this.abort(new Error("The answer is not wanted any more."));
  }

  onResponseEnd(wire: Wire, trailers: UpstreamHeaders): void {
    if (this.#fate === "passed") this.#relay.onResponseEnd(wire, trailers);
  }

  onResponseError(wire: Wire, error: Error): void {
    if (this.#fate === "passed") this.#relay.onResponseError(wire, error);
    else if (this.#fate !== "dropped") this.#judge.failed(error, this.#isSent);
  }
}

const droppedBytesMax = 64 * 1024;
