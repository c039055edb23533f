import type { Fault } from "../kernel/errors.ts";
import type { UpstreamHeaders } from "../protocols/http/response-headers.ts";
import { asBuffer, createCollector } from "../traffic/collector.ts";
import type { Receiver, Relay, Wire } from "./relay.ts";

/** What was found out about an answer. */
export interface Verdict {
  readonly valid: "true" | "false" | "unchecked";
  /** What does not fit, or why it was not checked. */
  readonly faults: readonly Fault[];
}

export interface WholeAnswer {
  readonly status: number;
  readonly headers: UpstreamHeaders;
  readonly body: Buffer;
}

/** How many bytes of answers are held in the process at a time. */
export class AnswerRoom {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** False, and nothing taken, when there is no more. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#bytesMax) return false;
    this.#bytes += bytes;
    return true;
  }

  leave(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/**
 * Holds an answer until all of it is there and was judged, and gives it on with the verdict in its headers. One that is longer than `bytesMax`, or for which there is no room, goes on unjudged from there, as it comes.
 */
export class HeldAnswer implements Receiver {
  readonly #relay: Relay;
  readonly #room: AnswerRoom;
  readonly #judge: (answer: WholeAnswer) => Promise<Verdict>;
  #head: { readonly status: number; readonly headers: UpstreamHeaders } | undefined;
  #held = createCollector({ bytesMax });
  #bytes = 0;
  #isPassing = false;

  constructor(relay: Relay, room: AnswerRoom, judge: (answer: WholeAnswer) => Promise<Verdict>) {
    this.#relay = relay;
    this.#room = room;
    this.#judge = judge;
  }

  onRequestStart(): void {}

  onResponseStart(_wire: Wire, status: number, headers: UpstreamHeaders): void {
    this.#head = { status, headers };
  }

  onResponseData(wire: Wire, piece: Buffer): void {
    if (this.#isPassing) {
      this.#relay.onResponseData(wire, piece);
      return;
    }
    const hasRoom = this.#bytes + piece.length <= bytesMax && this.#room.take(piece.length);
    if (hasRoom) {
      this.#bytes += piece.length;
      this.#held.add(piece);
      return;
    }
    this.#pass(wire, tooLong, this.#taken());
    this.#relay.onResponseData(wire, piece);
  }

  onResponseEnd(wire: Wire, trailers: UpstreamHeaders): void {
    if (this.#isPassing || this.#head === undefined) {
      this.#relay.onResponseEnd(wire, trailers);
      return;
    }
    const body = this.#taken();
    void this.#judge({ ...this.#head, body }).then((verdict) => {
      this.#pass(still, verdict, body);
      this.#relay.onResponseEnd(still, trailers);
    });
  }

  onResponseError(wire: Wire | undefined, error: Error): void {
    this.#leave();
    this.#relay.onResponseError(wire, error);
  }

  #pass(wire: Wire, verdict: Verdict, body: Buffer): void {
    const { status, headers } = this.#head as { status: number; headers: UpstreamHeaders };
    this.#isPassing = true;
    this.#relay.note(notesOf(verdict));
    this.#relay.onResponseStart(wire, status, headers);
    if (body.length > 0) this.#relay.onResponseData(wire, body);
    this.#leave();
  }

  /** One copy of it all: an answer may come in pieces of a byte, each of which would cost a hundred times as much to keep. */
  #taken(): Buffer {
    return asBuffer(this.#held.bytes());
  }

  #leave(): void {
    this.#room.leave(this.#bytes);
    this.#bytes = 0;
  }
}

/** How long an answer is judged at most. */
const bytesMax = 10 * 1024 * 1024;

const tooLong: Verdict = {
  valid: "unchecked",
  faults: [{ field: "", message: "The answer is too long to be checked, or too many are checked." }],
};

/** That of an answer that has come whole. */
const still: Wire = { pause() {}, resume() {} };

function notesOf({ valid, faults }: Verdict): string[] {
  const notes = ["mooring-response-valid", valid];
  return faults.length === 0 ? notes : [...notes, "mooring-response-faults", faultsText(faults)];
}

/** In letters of ASCII, because a header holds no others; as many of the faults as it has room for. */
function faultsText(faults: readonly Fault[]): string {
  const texts: string[] = [];
  let length = 2;
  for (const { field, message } of faults) {
    const text = ascii(JSON.stringify({ field: field.slice(0, 300), message: message.slice(0, 500) }));
    length += text.length + 1;
    if (length > faultsTextMax) break;
    texts.push(text);
  }
  return `[${texts.join(",")}]`;
}

const faultsTextMax = 4096;

const ascii = (text: string) => text.replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
