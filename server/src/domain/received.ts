/** A request of an outside system, exactly as it came. */
export interface Received {
  readonly method: string;
  /** The address the sender used, as far as it can be known: Mooring's public origin and the raw target. */
  readonly url: string;
  /** Name, value, name, value, as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly receivedAt: Date;
}
