/** What an environment's credentials, applied in their order, add to a request. Holds secrets in the clear: it never leaves the process. */
export interface ProofParts {
  /** Name, value, name, value; no name twice. */
  readonly headers: readonly string[];
  /** The names of the query parameters that are set, not encoded. */
  readonly queryNames: readonly string[];
  /** Their encoded pairs, without a question mark; empty when there are none. */
  readonly query: string;
}
