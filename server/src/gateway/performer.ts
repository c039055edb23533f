import type { Explanation } from "@mooring/contract";
import type { EnvironmentSnapshot } from "../domain/snapshot.ts";
import type { CalledAction } from "./actions.ts";
import type { Call } from "./call.ts";
import type { Outcome } from "./relay.ts";
import type { Target } from "./target.ts";

/** How actions of one type are called: there is one for each type. */
export interface Performer {
  /**
   * Answers the call; resolves when the rest goes on without it. Throws `Problem`, with every fault of the input at once, before anything
   * is sent.
   */
  invoke(asked: Asked): Promise<void>;
  /** Tells what the call would come to, and sends nothing. What would stand in its way is told too. */
  explain(asked: Asked): Promise<Explanation>;
}

/** A call of an action whose body is there. */
export interface Asked {
  readonly call: Call;
  readonly target: Target;
  readonly snapshot: EnvironmentSnapshot;
  readonly action: CalledAction;
  /** What the caller sent; empty when that was nothing. */
  readonly bytes: Buffer;
  /** Whether the answer is to be held against what the action says of it. */
  readonly checksAnswer: boolean;
}

/** What every performer has of the gateway. */
export interface Road {
  /**
   * The environment to call through, with tokens that have not ended: the snapshot that was asked with, or a fresh one once a token was
   * renewed. Throws `Problem` when no token can be had.
   */
  readonly usable: (asked: Pick<Asked, "call" | "target" | "snapshot">) => Promise<EnvironmentSnapshot>;
  /** To be called once, when the caller's answer has ended in whatever way. */
  readonly settle: (call: Call, outcome: Outcome) => void;
}
