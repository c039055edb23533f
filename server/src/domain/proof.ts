import type { Place } from "./places.ts";

/** What an environment's credentials, applied in their order, add to a request. Holds secrets in the clear: it never leaves the process. */
export interface ProofParts {
  /** Name, value, name, value; no name twice. */
  readonly headers: readonly string[];
  /** The names of the query parameters that are set, those of signatures too, not encoded. */
  readonly queryNames: readonly string[];
  /** The encoded pairs of those that are not signatures, without a question mark; empty when there are none. */
  readonly query: string;
  /** What is made of each request anew, in this order, once all of the above is set. No place twice, and none that is set above. */
  readonly signatures: readonly Signature[];
}

/** A signature and the place it is written to. */
export interface Signature extends Place {
  /**
   * What is signed, in this order and with nothing in between: `url` is the absolute URL as it leaves, with all that was set before this
   * signature, and `body` the exact bytes of the body, none when there is none.
   */
  readonly inputs: readonly ("body" | "url")[];
  /** The signature of these pieces, one behind the other: letters and digits, which every place can hold. */
  readonly of: (pieces: readonly Uint8Array[]) => string;
}
