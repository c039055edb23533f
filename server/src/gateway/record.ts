import type { Outcome } from "./relay.ts";

/** Counts of calls since the start, for metrics. Nothing of a call's content. */
export interface GatewayStats {
  readonly inFlight: number;
  /** Answers of upstreams, answers of ours, and calls whose caller went away first. */
  readonly ended: Readonly<Record<Outcome, number>>;
}

/** Counts from zero. Every `begin` is followed by one `end`. */
export function createRecord() {
  let inFlight = 0;
  const ended: Record<Outcome, number> = { upstream: 0, gateway: 0, aborted: 0 };
  return {
    begin(): void {
      inFlight += 1;
    },
    end(outcome: Outcome): void {
      inFlight -= 1;
      ended[outcome] += 1;
    },
    stats: (): GatewayStats => ({ inFlight, ended: { ...ended } }),
  };
}
