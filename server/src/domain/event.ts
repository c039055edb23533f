import type { ErrorField, EventOrigin, Verification } from "@mooring/contract";
import type { ConnectionId, EnvironmentId, EventId } from "../kernel/ids.ts";

/** An event before it is kept: it has no position yet, nor a sequence number. */
export interface NewEvent {
  readonly id: EventId;
  readonly connectionId: ConnectionId;
  readonly origin: EventOrigin;
  /** `trigger`, or which of Mooring's own events. */
  readonly type: string;
  readonly environmentId: EnvironmentId | undefined;
  readonly triggerName: string | undefined;
  readonly receivedAt: Date;
  readonly method: string | undefined;
  /** Path and query, secrets masked. */
  readonly target: string | undefined;
  /** Name, value, name, value; secrets masked. */
  readonly headers: readonly string[];
  readonly contentType: string | undefined;
  readonly body: Buffer;
  /** Undefined when that was not looked at. */
  readonly fits: boolean | undefined;
  readonly faults: readonly ErrorField[] | undefined;
  readonly verification: Verification | undefined;
  /** What the masks hide, sealed: of an unverified event alone, so that it can be verified again. */
  readonly sealed: string | undefined;
  /** What tells it from others of the trigger; undefined when nothing does, and for an unverified one. */
  readonly dedupeKey: string | undefined;
  /**
   * Whether its sender was answered 400, because it does not fit and the trigger is strict. It is in the inbox and nowhere else: it has no
   * position, and goes to nobody.
   */
  readonly isRefused?: boolean;
}

/** An event as it is kept. */
export interface StoredEvent extends NewEvent {
  readonly position: number | undefined;
  readonly sequence: number | undefined;
  readonly duplicates: number;
}
